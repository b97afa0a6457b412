import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { execa } from "execa";
import type { Connection } from "../backup/database/connection.ts";
import { dump } from "../backup/dump/dump.ts";
import type { Manifest } from "../backup/dump/manifest.ts";
import { load } from "../backup/restore/load.ts";
import { withDump } from "../backup/restore/open.ts";
import { openStore, type Store } from "../backup/store/store.ts";
import { TestPostgres } from "../backup/testing/postgres.ts";
import { TestStore } from "../backup/testing/store.ts";
import { OWNER } from "../config/own-roles.ts";
import type { Figure } from "./figure.ts";
import { seconds } from "./seconds.ts";

/** Size of the data as text, before compression. */
const GIGABYTES = Number(process.env.BENCH_GB ?? 1);
const ROW_BYTES = 306;
const JOBS = 2;

export const rowsOf = (gigabytes: number) => (gigabytes * 1e9) / ROW_BYTES;

/** Creates two tables of text that compresses about as well as prose. */
export const data = (rows: number) => `
  CREATE TABLE public.a (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), tenant uuid NOT NULL DEFAULT gen_random_uuid(), title text, body text, at timestamptz DEFAULT now());
  CREATE TABLE public.b (LIKE public.a INCLUDING ALL);
  INSERT INTO public.a (title, body) SELECT 'title ' || g, repeat(md5(g::text) || ' lorem ipsum dolor sit amet ', 3) FROM generate_series(1, ${Math.round(rows * 0.57)}) g;
  INSERT INTO public.b (title, body) SELECT 'title ' || g, repeat(md5(g::text) || ' lorem ipsum dolor sit amet ', 3) FROM generate_series(1, ${Math.round(rows * 0.43)}) g;
  ANALYZE;`;

const ratio = (ours: number, theirs: number) => Number((ours / theirs).toFixed(2));
const libpq = ({ database, host, user }: Connection) => ({
  PGHOST: host,
  PGPORT: "5432",
  PGUSER: user,
  PGDATABASE: database,
});
const shell = (script: string, connection: Connection) =>
  execa("bash", ["-o", "pipefail", "-c", script], { env: libpq(connection) });

interface Measured {
  readonly dump: number;
  readonly gzip: number;
  readonly restore: number;
  readonly psql: number;
  readonly pgRestore: number;
  readonly peakMegabytes: number;
}

let measured: Promise<Measured> | undefined;

/** Measures our commands and the guide's on the same data and the same server, one after the other. */
const measure = () => (measured ??= withServers(compareAll));

async function withServers<T>(work: (postgres: TestPostgres, store: Store, folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "acci-bench-"));
  const postgres = TestPostgres.start([
    "max_wal_size=8GB",
    "shared_buffers=512MB",
    "wal_level=minimal",
    "max_wal_senders=0",
  ]);
  const objects = await TestStore.start();
  const store = openStore(objects.settings());
  try {
    return await work(postgres, store, folder);
  } finally {
    store.close();
    postgres.stop();
    await objects.stop();
    rmSync(folder, { recursive: true });
  }
}

/** A database owned by an ordinary role, because a recovery is no superuser and could not restore what a superuser owns. */
async function ownedDatabase(postgres: TestPostgres): Promise<Connection> {
  await postgres.query(postgres.connection(), `CREATE ROLE ${OWNER} LOGIN`);
  const source = await postgres.database();
  await postgres.query(postgres.connection(), `ALTER DATABASE ${source.database} OWNER TO ${OWNER}`);
  return source;
}

async function compareAll(postgres: TestPostgres, store: Store, folder: string): Promise<Measured> {
  const source = await ownedDatabase(postgres);
  await postgres.query({ ...source, user: OWNER }, data(rowsOf(GIGABYTES)));
  let manifest: Manifest | undefined;
  const request = { id: "bench-20260101t000000z-000000", site: "bench", parallelism: JOBS, recipients: [] };
  const gzip = await seconds(() => shell(`pg_dump | gzip > ${folder}/guide.gz`, source));
  const ours = await seconds(async () => (manifest = await dump(source, store, request)));
  const into = async (work: (target: Connection) => Promise<unknown>) => {
    const target = await postgres.database();
    const took = await seconds(() => work(target));
    await postgres.query(postgres.connection(), `DROP DATABASE ${target.database}`);
    return took;
  };
  const psql = await into((target) => shell(`gunzip < ${folder}/guide.gz | psql -q -v ON_ERROR_STOP=1`, target));
  const restore = await into((target) =>
    withDump(store, manifest!, { parallelism: JOBS }, (opened) => load(target, opened)),
  );
  const bare = await dumpDirectory(source, folder);
  const pgRestore = await into(bare);
  return {
    dump: ours,
    gzip,
    restore,
    psql,
    pgRestore,
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

/** Dumps with pg_dump into a folder. Returns a function that restores the folder with a bare pg_restore. */
async function dumpDirectory(source: Connection, folder: string): Promise<(target: Connection) => Promise<unknown>> {
  await shell(`pg_dump -Fd -j${JOBS} -Z1 -f ${folder}/directory`, source);
  return (target) =>
    shell(`pg_restore -j${JOBS} -d ${target.database} ${folder}/directory && psql -qc ANALYZE`, target);
}

const said = (ours: number, theirs: number, what: string) =>
  `${ours.toFixed(1)} s against ${theirs.toFixed(1)} s of ${what}, ${GIGABYTES} GB, ${JOBS} sessions`;

/** Time of a dump into the store, against the guide's. */
export async function dumpTime(): Promise<Figure> {
  const { dump: ours, gzip, peakMegabytes } = await measure();
  const detail = `${said(ours, gzip, "pg_dump | gzip")}, at most ${peakMegabytes} MB of memory`;
  return { name: "dump", value: ratio(ours, gzip), unit: "x", bar: 0.33, detail };
}

/** Time of a restore from the store, against the guide's. */
export async function restoreTime(): Promise<Figure> {
  const { psql, restore } = await measure();
  return {
    name: "restore",
    value: ratio(restore, psql),
    unit: "x",
    bar: 0.83,
    detail: said(restore, psql, "gunzip | psql"),
  };
}

/** Time of a restore from the store, against a bare parallel pg_restore of a folder on disk. */
export async function restoreFloor(): Promise<Figure> {
  const { pgRestore, restore } = await measure();
  return {
    name: "restore-floor",
    value: ratio(restore, pgRestore),
    unit: "x",
    bar: 1.1,
    detail: said(restore, pgRestore, "pg_restore"),
  };
}
