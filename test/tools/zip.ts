import { inflateRawSync } from "node:zlib";

const DIRECTORY = 0x02014b50;
const END = 0x06054b50;
const END_LENGTH = 22;
const DEFLATED = 8;

/** Reads one file of a zip archive. Node.js can inflate it, but has no reader for the archive. */
export function entryOf(zip: Buffer, name: string): Buffer {
  const end = endOf(zip);
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    if (zip.readUInt32LE(at) !== DIRECTORY) break;
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    if (zip.toString("utf8", at + 46, at + 46 + nameLength) === name) return contentOf(zip, at);
    at += 46 + nameLength + extra + comment;
  }
  throw new Error(`zip: must have ${name}, got none of that name`);
}

/** Offset of the end record. A comment may follow it, so it is searched from the end. */
function endOf(zip: Buffer): number {
  for (let at = zip.length - END_LENGTH; at >= 0; at--) if (zip.readUInt32LE(at) === END) return at;
  throw new Error("zip: must have an end of its directory, got none");
}

function contentOf(zip: Buffer, at: number): Buffer {
  const method = zip.readUInt16LE(at + 10);
  const packed = zip.readUInt32LE(at + 20);
  const local = zip.readUInt32LE(at + 42);
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  const content = zip.subarray(start, start + packed);
  return method === DEFLATED ? inflateRawSync(content) : content;
}
