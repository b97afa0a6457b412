import { type Connection, withClient } from "../database/connection.ts";
import { compareFacts, schemaFacts } from "../database/schema-facts.ts";
import { compareSequences, sequencesOf } from "../database/sequences.ts";
import { qualified } from "../database/tables.ts";
import { contentOf } from "../dump/copy-out.ts";
import type { DumpedTable, Manifest } from "../dump/manifest.ts";
import { BackupError } from "../errors.ts";
import { eachTable } from "./each-table.ts";

/** Every difference between a restored database and what its manifest says, each a sentence; none when they are the same. */
export async function compare(target: Connection, manifest: Manifest, jobs: number): Promise<string[]> {
  return [...(await compareSchema(target, manifest)), ...(await compareContent(target, manifest, jobs))];
}

/** Definitions, grants, policies and sequences. */
const compareSchema = (target: Connection, manifest: Manifest) =>
  withClient(target, async (client) => [
    ...compareFacts(manifest.facts, await schemaFacts(client)),
    ...compareSequences(manifest.sequences, await sequencesOf(client)),
  ]);

const SHOWN = 20;

/** Fails with the first of the differences that `compareSchema` finds. */
export async function requireSameSchema(target: Connection, manifest: Manifest): Promise<void> {
  const problems = await compareSchema(target, manifest);
  if (problems.length === 0) return;
  throw new BackupError(
    "proof",
    [`${manifest.id}: must come back as it was dumped`, ...problems.slice(0, SHOWN)].join("\n  "),
  );
}

/** Rows, read back from the disk they were restored to. */
async function compareContent(target: Connection, manifest: Manifest, jobs: number): Promise<string[]> {
  const found = await eachTable(target, manifest, { jobs, verb: "compared" }, async (session, table, onBytes) =>
    differences(table, await contentOf(session, table, onBytes)),
  );
  return found.flat();
}

function differences(table: DumpedTable, { rows, sha256 }: { rows: number; sha256: string }): string[] {
  const name = `table ${qualified(table)}`;
  if (rows !== table.rows) return [`${name}: must have ${table.rows} rows, got ${rows}`];
  return sha256 === table.data.rawSha256
    ? []
    : [`${name}: must have the content ${table.data.rawSha256}, got ${sha256}`];
}
