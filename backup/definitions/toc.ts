import { readFileSync } from "node:fs";

/** Sections of an archive: definitions that rows need, data, and definitions that need rows. */
export type Section = "pre-data" | "data" | "post-data";

/** One object's definition in an archive of pg_dump. */
export interface TocEntry {
  /** Number of the entry in pg_restore's lists. */
  readonly id: number;
  /** Kind of the object, such as `TABLE` or `FK CONSTRAINT`. */
  readonly desc: string;
  readonly section: Section;
  readonly namespace: string;
  /** Name within the schema, as pg_dump prints it: `notes`, `touch(integer)`, `notes tenants`. */
  readonly tag: string;
  readonly owner: string;
  readonly tablespace: string;
  /** Statements that create the object. */
  readonly definition: string;
}

/**
 * Reads the table of contents of a custom-format archive (src/bin/pg_dump/pg_backup_archiver.c, ReadHead and ReadToc; formats 1.14 of
 * Postgres 12 to 1.16 of Postgres 17 and 18). `pg_restore --list` does not quote names, and leaves out the definitions.
 */
export function readToc(file: string): TocEntry[] {
  const reader = new Reader(readFileSync(file));
  const version = readHead(reader);
  let section: Section = "pre-data";
  return Array.from({ length: reader.int() }, () => {
    const { section: own, ...entry } = readEntry(reader, version);
    // Comments and grants have no section of their own: they belong to that of the entry before.
    section = own ?? section;
    return { ...entry, section };
  });
}

/** Sections by number; other numbers stand for none. */
const SECTIONS: Readonly<Record<number, Section>> = { 2: "pre-data", 3: "data", 4: "post-data" };

const OLDEST = [1, 14];
const NEWEST = [1, 16];
const orderOf = ([major = 0, minor = 0]: readonly number[]) => major * 256 + minor;

function readHead(reader: Reader): number {
  if (reader.bytes(5).toString("latin1") !== "PGDMP") throw new Error("archive: must be of pg_dump's custom format");
  const [major, minor] = [reader.byte(), reader.byte(), reader.byte()];
  const version = orderOf([major!, minor!]);
  if (version < orderOf(OLDEST) || version > orderOf(NEWEST))
    throw new Error(
      `archive: must have format ${OLDEST.join(".")} to ${NEWEST.join(".")}, got ${major}.${minor}; update the backup image`,
    );
  reader.intSize = reader.byte();
  reader.offsetSize = reader.byte();
  reader.byte(); // Format: custom.
  if (version >= orderOf([1, 15])) reader.byte();
  else reader.int();
  // Time of the archive, seven numbers.
  for (let i = 0; i < 7; i++) reader.int();
  for (let i = 0; i < 3; i++) reader.text(); // Database, server's version, pg_dump's version.
  return version;
}

function readEntry(reader: Reader, version: number): Omit<TocEntry, "section"> & { section: Section | undefined } {
  const id = reader.int();
  reader.int(); // Whether it has data.
  reader.text(); // Oid of its catalogue.
  reader.text(); // Its oid.
  const tag = reader.text();
  const desc = reader.text();
  const section = SECTIONS[reader.int()];
  const definition = reader.text();
  reader.text(); // How to drop it.
  const copy = reader.text();
  const namespace = reader.text();
  const tablespace = reader.text();
  const method = reader.text();
  if (version >= orderOf([1, 16])) reader.int(); // Kind of relation.
  const owner = reader.text();
  reader.text(); // Whether it has oids.
  while (reader.optionalText() !== undefined);
  reader.bytes(1 + reader.offsetSize); // Where its data are.
  const about = [copy, method && `access method ${method}`].filter(Boolean).map((line) => `\n${line}`);
  return { id, desc, section, namespace, tag, owner, tablespace, definition: definition + about.join("") };
}

class Reader {
  intSize = 4;
  offsetSize = 8;
  readonly #data: Buffer;
  #at = 0;

  constructor(data: Buffer) {
    this.#data = data;
  }

  bytes(count: number): Buffer {
    if (this.#at + count > this.#data.length) throw new Error("archive: ends within its table of contents");
    this.#at += count;
    return this.#data.subarray(this.#at - count, this.#at);
  }

  byte(): number {
    return this.bytes(1)[0]!;
  }

  /** A sign byte, then the value, lowest byte first. */
  int(): number {
    const negative = this.byte() !== 0;
    const value = this.bytes(this.intSize).readUIntLE(0, this.intSize);
    return negative ? -value : value;
  }

  optionalText(): string | undefined {
    const length = this.int();
    return length < 0 ? undefined : textOf(this.bytes(length));
  }

  text(): string {
    return this.optionalText() ?? "";
  }
}

const strict = new TextDecoder("utf-8", { fatal: true });

/** Archives are in the database's encoding. Bytes that are not UTF-8 are mapped one to one. */
function textOf(bytes: Buffer): string {
  try {
    return strict.decode(bytes);
  } catch {
    return bytes.toString("latin1");
  }
}
