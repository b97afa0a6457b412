import { createHash } from "node:crypto";
import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { inPrimary, say } from "./kubectl.ts";
import { counted } from "./progress.ts";
import { database, type Site } from "./site.ts";

const fileName = ({ stack }: Site) => `${database}-${stack}-${new Date().toISOString().replaceAll(/[:.]/g, "-")}.dump`;

/**
 * Dumps the site's database to a file in pg_dump's custom format. Reads as the superuser, so that row-level security hides nothing. The
 * file gets its final name only after all of it was read back.
 */
export async function dump(site: Site, [file = fileName(site)]: readonly string[]): Promise<void> {
  if (existsSync(file)) throw new Error(`FILE: must not exist, got ${file}; a dump is never overwritten`);
  const partial = `${file}.partial`;
  try {
    const sha256 = await write(site, partial);
    await readBack(site, partial);
    renameSync(partial, file);
    say(`${file} was read back whole; sha256 ${sha256}`);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

async function write(site: Site, file: string): Promise<string> {
  const hash = createHash("sha256");
  writeFileSync(file, "", { mode: 0o600, flag: "wx" });
  const counter = counted("dumped", (chunk) => hash.update(chunk));
  await inPrimary(site, ["pg_dump", "--format=custom", `--dbname=${database}`], { stdout: [counter, { file }] });
  return hash.digest("hex");
}

/** Decompresses every table. Listing would prove nothing: a truncated dump has a complete table of contents. */
const readBack = (site: Site, file: string) =>
  inPrimary(site, ["pg_restore", "--file=/dev/null"], { stdin: [{ file }, counted("read back")] });
