import path from "node:path";
import pg from "pg";
import { type Connection, withClient } from "../database/connection.ts";
import { compareExtensions, extensionsOf, replacedVersions } from "../database/extensions.ts";
import { compareLargeObjects, largeObjectsOf, PAGES } from "../database/large-objects.ts";
import { compareViews, populatedViewsOf } from "../database/materialized-views.ts";
import { isPassing } from "../database/passing.ts";
import { compareSequences, sequencesOf } from "../database/sequences.ts";
import { qualified } from "../database/tables.ts";
import { type Definitions, definitionsOf, differencesOf, sentenceOf } from "../definitions/compare.ts";
import { readDefinitions } from "../definitions/read.ts";
import { contentOf, contentOfSource, digestOf, generatedOf } from "../dump/copy-out.ts";
import type { DumpedTable } from "../dump/manifest.ts";
import { BackupError } from "../errors.ts";
import { eachUnit } from "./each-unit.ts";
import type { OpenDump } from "./open.ts";

/** Differences between a restored database and its dump, except in rows; each is a sentence. */
export async function compareSchema(target: Connection, dump: OpenDump, normal: Normal): Promise<string[]> {
  const { manifest } = dump;
  const definitions = await compareDefinitions(target, dump, normal);
  // Archives of version 1 have the others as definitions.
  if (manifest.version === 1) return definitions;
  const others = await withClient(target, async (client) => [
    ...compareExtensions(manifest.extensions, await extensionsOf(client), {
      databaseOwner: manifest.database.owner,
      replaced: await replacedVersions(client, manifest.extensions),
    }),
    ...compareSequences(manifest.sequenceValues, await sequencesOf(client)),
    ...compareViews(manifest.populatedViews, await populatedViewsOf(client)),
    ...compareLargeObjects(manifest.largeObjects?.objects ?? [], await largeObjectsOf(client)),
  ]);
  return [...definitions, ...others];
}

/** Definitions of the dump after a second restore: as Postgres prints what it has parsed from its own output. */
export type Normal = () => Promise<Definitions>;

/**
 * Compares the definitions entry by entry, as texts. Postgres prints some definitions differently after a restore, such as `status IN
 * ('open')` of a varchar. So where texts differ, the restored one must equal that of a second restore, which went through the same change.
 */
async function compareDefinitions(target: Connection, dump: OpenDump, normal: Normal): Promise<string[]> {
  const file = path.join(dump.folder, "restored");
  const found = definitionsOf((await readDefinitions(target, file)).entries);
  const expected = definitionsOf(dump.definitions.entries);
  const differences = differencesOf(expected, found);
  if (differences.length === 0) return [];
  const again = await normal();
  return differences
    .filter(
      ({ name, expected: before, found: after }) =>
        // An object that only one side has is lost or was added.
        before === undefined || after === undefined || again.get(name)?.join("\0") !== after.join("\0"),
    )
    .map((one) =>
      sentenceOf({
        ...one,
        ...(one.expected && one.found && again.has(one.name) ? { expected: again.get(one.name)! } : {}),
      }),
    );
}

const SHOWN = 20;

/** Throws with the first differences. */
export function requireSame(id: string, problems: readonly string[]): void {
  if (problems.length === 0) return;
  const more = problems.length > SHOWN ? [`and ${problems.length - SHOWN} more`] : [];
  throw new BackupError(
    "verification",
    [`${id}: must come back as it was dumped`, ...problems.slice(0, SHOWN), ...more].join("\n  "),
  );
}

/** Compares the rows, read back from the disk they were restored to. */
export async function compareContent(target: Connection, dump: OpenDump): Promise<string[]> {
  const { encoding } = dump.manifest.database;
  const found = await eachUnit(target, dump, "compared", async (session, { tables }, progress) => {
    const problems: string[] = [];
    for (const table of tables) {
      const found = differences(session, table, encoding, (bytes) => progress.add(bytes));
      problems.push(...(await found.catch((error) => unreadable(table, error as Error))));
      progress.finished();
    }
    return problems;
  });
  return [...found.flat(), ...(await comparePages(target, dump))];
}

/** A table that came back with another definition cannot be read as dumped, which is a difference as well. */
function unreadable(table: DumpedTable, error: Error): string[] {
  if (!(error instanceof pg.DatabaseError) || isPassing(error)) throw error;
  return [`table ${qualified(table)}: must be readable, got ${error.message}`];
}

type Client = Parameters<typeof contentOf>[0];

async function differences(
  client: Client,
  table: DumpedTable,
  encoding: string,
  onBytes: (bytes: number) => void,
): Promise<string[]> {
  const name = `table ${qualified(table)}`;
  if (table.digest !== undefined) {
    const { digest, rows } = await digestOf(client, table);
    if (rows !== table.rows) return [`${name}: must have ${table.rows} rows, got ${rows}`];
    return digest === table.digest ? [] : [`${name}: must have the content ${table.digest}, got ${digest}`];
  }
  const { rows, sha256 } = await contentOf(client, table, encoding, onBytes);
  if (rows !== table.rows) return [`${name}: must have ${table.rows} rows, got ${rows}`];
  if (sha256 !== table.data.rawSha256) return [`${name}: must have the content ${table.data.rawSha256}, got ${sha256}`];
  if (!table.generated) return [];
  const { columns, sha256: expected } = table.generated;
  const computed = await generatedOf(client, table, columns, encoding);
  return computed === expected
    ? []
    : [
        `${name}: must compute ${columns.join(", ")} as ${expected}, got ${computed}; their functions do not always say the same`,
      ];
}

async function comparePages(target: Connection, { manifest }: OpenDump): Promise<string[]> {
  if (!manifest.largeObjects) return [];
  const { data, rows: expected } = manifest.largeObjects.pages;
  const { rows, sha256 } = await withClient(target, (client) =>
    contentOfSource(client, PAGES, manifest.database.encoding),
  );
  if (rows !== expected) return [`large objects: must have ${expected} pages, got ${rows}`];
  return sha256 === data.rawSha256 ? [] : [`large objects: must have the content ${data.rawSha256}, got ${sha256}`];
}
