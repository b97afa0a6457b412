import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { type TestPostgres } from "../../../backup/testing/postgres.ts";
import { freePort } from "../../../tooling/free-port.ts";
import { inCache } from "../../../tooling/paths.ts";
import type { Processes } from "./processes.ts";

interface Query {
  readonly query: string;
  readonly metrics: readonly Readonly<Record<string, { readonly usage: string; readonly description: string }>>[];
}

const MANIFEST = inCache("upstream", "manifests", "cloudnative-pg.yaml");

/** The queries that CloudNativePG asks each instance by default, from the manifest that the platform installs. */
function defaultQueries(): Record<string, Query> {
  const objects = parseAllDocuments(readFileSync(MANIFEST, "utf8")).map((one) => one.toJS());
  const found = objects.find((one) => one?.kind === "ConfigMap" && one.metadata.name === "cnpg-default-monitoring");
  return parse(found.data.queries) as Record<string, Query>;
}

const gauge = (description: string) => ({ usage: "GAUGE", description });
const label = (description: string) => ({ usage: "LABEL", description });

/** What CloudNativePG's instance manager finds out by itself, as queries: whether the server answers, the size of the WAL, what waits for the archive. */
const COLLECTOR: Record<string, Query> = {
  collector: { query: "SELECT 1 AS up", metrics: [{ up: gauge("Whether it answers") }] },
  collector_pg_wal: {
    query: "SELECT 'size' AS value, sum(size) AS bytes FROM pg_ls_waldir()",
    metrics: [{ value: label("What") }, { bytes: gauge("Size of the WAL") }],
  },
  collector_pg_wal_archive_status: {
    query: "SELECT 'ready' AS value, count(*) AS files FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'",
    metrics: [{ value: label("What") }, { files: gauge("Segments that wait") }],
  },
};
/** postgres_exporter ends a metric's name with that of its column; the instance manager has no columns. */
const NAMES = [
  ["cnpg_collector_pg_wal_bytes", "cnpg_collector_pg_wal"],
  ["cnpg_collector_pg_wal_archive_status_files", "cnpg_collector_pg_wal_archive_status"],
] as const;
export const RENAMED = NAMES.map(([regex, replacement]) => ({
  source_labels: ["__name__"],
  regex,
  target_label: "__name__",
  replacement,
}));

/** An exporter of a server, which asks what CloudNativePG would ask, under its names. Answers its port. */
export async function exportDatabase(processes: Processes, name: string, server: TestPostgres): Promise<number> {
  const port = await freePort();
  const queries = Object.entries({ ...defaultQueries(), ...COLLECTOR }).map(([key, one]) => [`cnpg_${key}`, one]);
  const file = path.join(processes.folder, "queries.yaml");
  // JSON is valid YAML.
  writeFileSync(file, JSON.stringify(Object.fromEntries(queries)));
  const { database, host, port: of, user } = server.connection();
  await processes.start(
    `exporter-${name}`,
    "prometheus-postgres-exporter",
    ["--disable-default-metrics", `--extend.query-path=${file}`, `--web.listen-address=127.0.0.1:${port}`],
    `http://127.0.0.1:${port}/`,
    { DATA_SOURCE_NAME: `host=${host} port=${of} user=${user} dbname=${database} sslmode=disable` },
  );
  return port;
}
