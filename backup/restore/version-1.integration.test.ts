import { execFileSync } from "node:child_process";
import { Readable } from "node:stream";
import { dump, folderOf } from "../dump/dump.ts";
import { type Manifest, manifestSchema } from "../dump/manifest.ts";
import { write } from "../dump/write.ts";
import { newId } from "../id.ts";
import { RoundTrip } from "../testing/round-trip.ts";
import { verify } from "./verify.ts";

let trip: RoundTrip;
beforeAll(async () => (trip = await RoundTrip.start()));
afterAll(() => trip.stop());

const SCHEMA = `
  CREATE EXTENSION pg_trgm; CREATE TABLE notes (id serial PRIMARY KEY, s varchar CHECK (s IN ('open', 'paid')));
  INSERT INTO notes (s) SELECT 'open' FROM generate_series(1, 50); SELECT setval('notes_id_seq', 70);
  CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM notes; GRANT SELECT ON notes TO acci_app;`;

/** Properties of a database that version 1 did not have. */
const SINCE = new Set(["provider", "locale", "icuRules", "collationVersion", "connectionLimit"]);

/** The dump as version 1 wrote it: one object per table, everything else in the archive, and definitions also as texts of their own. */
async function asVersion1(manifest: Manifest, archive: Buffer, rows: Buffer): Promise<Manifest> {
  const put = (name: string, data: Buffer) =>
    write(trip.store, `${folderOf(manifest.id)}/${name}`, Readable.from([data]), { recipients: [] });
  const [table] = manifest.tables;
  const database = Object.entries(manifest.database).filter(([key]) => !SINCE.has(key));
  return manifestSchema.parse({
    format: "acci-dump",
    version: 1,
    id: manifest.id,
    site: manifest.site,
    database: Object.fromEntries(database),
    clientVersion: manifest.clientVersion,
    startedAt: manifest.startedAt,
    snapshotAt: manifest.snapshotAt,
    finishedAt: manifest.finishedAt,
    recipients: [],
    archive: await put("archive-1", archive),
    tables: [
      {
        schema: table!.schema,
        name: table!.name,
        columns: table!.columns,
        rows: table!.rows,
        data: await put("tables/1", rows),
      },
    ],
    unlogged: [],
    roles: manifest.roles,
    facts: { "relation public.notes": "r p acci" },
    sequences: { "public.notes_id_seq": { value: "70", increment: "1" } },
  });
}

it("a dump of the version before is still brought back, values of sequences and views included", async () => {
  const source = await trip.database({ sql: SCHEMA });
  const request = { id: newId("test", new Date()), site: "test", parallelism: 1, recipients: [] };
  const manifest = await dump({ ...source, user: "acci_backup" }, trip.store, request);
  const connected = ["-h", source.host, "-p", String(source.port), "-U", "postgres", "-d", source.database];
  const excluded = ["--format=custom", "--compress=0", '--exclude-table-data="public"."notes"'];
  const archive = execFileSync("pg_dump", [...connected, ...excluded]);
  const rows = execFileSync("psql", [...connected, "-qc", "COPY public.notes (id, s) TO STDOUT"]);
  const old = await asVersion1(manifest, archive, rows);
  const problems = await verify(trip.store, old, {
    parallelism: 2,
    superuser: trip.target.connection(),
    site: trip.site,
  });
  expect(problems).toEqual([]);
  const found = "SELECT last_value AS value, (SELECT n FROM public.counted) AS n FROM public.notes_id_seq";
  expect(await trip.target.query(trip.target.connection("verification"), found)).toEqual([{ value: "70", n: "50" }]);
});
