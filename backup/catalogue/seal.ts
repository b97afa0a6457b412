import { createHash } from "node:crypto";

/** The checksum does not match the content. */
export class BrokenSeal extends Error {}

/** Readable JSON with the SHA-256 of the rest of it. */
export const seal = (content: object) => `${JSON.stringify({ ...content, checksum: checksumOf(content) }, null, 2)}\n`;

/** The content, and its checksum if it has one. Content without a checksum is accepted. */
export function unseal(body: string): { readonly content: unknown; readonly checksum?: string } {
  const found = jsonOf(body);
  if (typeof found !== "object" || found === null || !("checksum" in found)) return { content: found };
  const { checksum, ...content } = found;
  const expected = checksumOf(content);
  if (checksum === expected) return { content, checksum: expected };
  throw new BrokenSeal(`its content has the checksum ${expected}, got ${JSON.stringify(checksum)} in it`);
}

/** SHA-256 of the content, independent of the order of keys and of spaces. */
export const checksumOf = (content: object) => createHash("sha256").update(canonical(content)).digest("hex");

const canonical = (content: object) =>
  JSON.stringify(content, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
