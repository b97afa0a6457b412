import { readArchive } from "../archive/archive.ts";
import { compareWithDump } from "../archive/compare.ts";
import type { Catalogue, Entry } from "../catalogue/schema.ts";
import type { ArchiveRecovery, RestoreRequest } from "../contract/shapes.ts";
import { withClient } from "../database/connection.ts";
import { identityOf } from "../database/identity.ts";
import { readManifest } from "../dump/store-manifest.ts";
import { BackupError } from "../errors.ts";
import { say } from "../progress.ts";
import type { Store } from "../store/store.ts";
import { requireServes } from "./served.ts";
import type { SiteDatabase } from "./site-database.ts";

interface Recovering {
  readonly site: string;
  readonly store: Store;
  readonly database: SiteDatabase;
  readonly request: RestoreRequest;
  readonly parallelism: number;
  readonly applicationSchema?: number;
}

/**
 * The recovery by which the site's database was made, if it was for the failover of that epoch. Undefined when a dump is to be restored:
 * by the request, or because a site that is active already has lost its database.
 */
export function recoveryOf(
  { request: { archive, from = "dump" }, site }: Recovering,
  catalogue: Catalogue,
  epoch: number,
): ArchiveRecovery | undefined {
  if (from === "dump") return undefined;
  if (archive?.epoch === epoch) return archive;
  if (catalogue.site === site || from === "newest") return undefined;
  throw refused(
    `database of ${site}: must have been recovered for epoch ${epoch}, got ${archive ? `one for epoch ${archive.epoch}` : "an empty one"}; ` +
      "run `pulumi up` again, or set acci:restore.from to dump",
  );
}

/** What a recovery from the archive has brought back. */
interface Recovered {
  readonly rows: number;
  readonly bytes: number;
  /** Tables with fewer rows than the dump has of them. */
  readonly shrunk: string[];
}

/** Throws unless the recovered database is the lost one, later than its newest verified dump. */
export async function requireRecovered(
  { applicationSchema, database, parallelism, request, store }: Recovering,
  { server, systemIdentifier }: ArchiveRecovery,
  entry: Entry,
): Promise<Recovered> {
  const { bytes, identity } = await withClient(database.live, async (client) => {
    const { rows } = await client.query<{ bytes: string }>(
      "SELECT pg_catalog.pg_database_size(pg_catalog.current_database())::text AS bytes",
    );
    return { bytes: Number(rows[0]!.bytes), identity: await identityOf(client) };
  });
  for (const expected of [systemIdentifier, request.systemIdentifier ?? systemIdentifier])
    if (identity.systemIdentifier !== expected)
      throw refused(
        `archive ${server}: must be of system ${expected}, got ${identity.systemIdentifier} in the recovered database; ` +
          "correct acci:restore.systemIdentifier, or set acci:restore.from to dump",
      );
  await requireServes(database.live, `archive ${server}`, applicationSchema);
  const manifest = await readManifest(store, entry.manifest);
  const { problems, rows, same, shrunk } = await compareWithDump(database.live, manifest, parallelism);
  if (problems.length > 0)
    throw new BackupError(
      "verification",
      [
        `archive ${server}: must bring back what ${entry.id} has; set acci:restore.at to a moment when it was there, or acci:restore.from to dump`,
        ...problems,
      ].join("\n  "),
    );
  say(`${same} of ${manifest.tables.length} tables are as in ${entry.id}, none is missing or empty`);
  for (const table of shrunk) say(`fewer rows than in ${entry.id}: ${table}`);
  return { rows, bytes, shrunk };
}

/** Throws when the lost site has archived more since the recovery was decided: it was alive, and that would be lost. */
export async function requireEnd(
  { request, store }: Recovering,
  { at, segment, server }: ArchiveRecovery,
): Promise<void> {
  if (request.evenIfAlive || at) return;
  const archive = await readArchive(store, server);
  const newest = [...(archive?.segments.keys() ?? [])].sort().at(-1);
  if (newest === undefined || newest <= segment) return;
  throw refused(
    `archive ${server}: must have ended with ${segment}, up to which the database was recovered, got ${newest}; ` +
      "delete the Cluster postgres with its volumes and run `pulumi up` again, or set acci:restore.evenIfAlive to true to lose what came after",
  );
}

const refused = (message: string) => new BackupError("refused", message);
