import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { execa } from "execa";
import type { Connection } from "../backup/database/connection.ts";
import { dump } from "../backup/dump/dump.ts";
import type { Manifest } from "../backup/dump/manifest.ts";
import { verify } from "../backup/restore/verify.ts";
import { RoundTrip } from "../backup/testing/round-trip.ts";
import type { Figure } from "./figure.ts";
import { seconds } from "./seconds.ts";

const TABLES = Number(process.env.BENCH_TABLES ?? 5000);
const JOBS = 2;
/** Tables per transaction, which holds a lock on each of them. */
const BATCH = 250;

/** Creates small tables: a serial key, three columns, an index, a few rows. */
const tables = (from: number, to: number) => `
  DO $$ BEGIN FOR n IN ${from}..${to} LOOP
    EXECUTE format('CREATE TABLE public.t%s (id serial PRIMARY KEY, name text NOT NULL, at timestamptz DEFAULT now(), kind varchar(9) DEFAULT ''open'')', n);
    EXECUTE format('CREATE INDEX t%1$s_by_name ON public.t%1$s (name)', n);
    EXECUTE format('INSERT INTO public.t%s (name) SELECT ''name '' || g FROM generate_series(1, 5) g', n);
  END LOOP; END $$`;

async function manyTables(trip: RoundTrip): Promise<Connection> {
  const source = await trip.database({});
  for (let from = 1; from <= TABLES; from += BATCH)
    await trip.source.query({ ...source, user: "acci" }, tables(from, Math.min(from + BATCH - 1, TABLES)));
  return source;
}

interface Measured {
  readonly dump: number;
  readonly pgDump: number;
  readonly verify: number;
  readonly pgRestore: number;
}

let measured: Promise<Measured> | undefined;

/** Measures our commands and the bare tools on the same data and the same servers, one after the other. */
const measure = () => (measured ??= compareAll());

async function compareAll(): Promise<Measured> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "acci-bench-"));
  const trip = await RoundTrip.start();
  try {
    const source = await manyTables(trip);
    const bare = await theirs(trip, source, path.join(folder, "directory"));
    return { ...bare, ...(await ours(trip, source)) };
  } finally {
    await trip.stop();
    rmSync(folder, { recursive: true });
  }
}

/** Times bare pg_dump to a folder on disk, and bare pg_restore from it. */
async function theirs(trip: RoundTrip, source: Connection, directory: string) {
  const as = ({ database, host }: Connection) => ({
    env: { PGHOST: host, PGPORT: "5432", PGUSER: "postgres", PGDATABASE: database },
  });
  const target = await trip.target.database();
  const pgDump = await seconds(() => execa("pg_dump", ["-Fd", `-j${JOBS}`, "-f", directory], as(source)));
  const pgRestore = await seconds(() =>
    execa("pg_restore", [`-j${JOBS}`, "-d", target.database, directory], as(target)),
  );
  await trip.target.query(trip.target.connection(), `DROP DATABASE ${target.database}`);
  return { pgDump, pgRestore };
}

/** Times a dump into the store, and then everything that decides whether it is verified. */
async function ours(trip: RoundTrip, source: Connection) {
  const request = { id: "bench-20260101t000000z-000000", site: "bench", parallelism: JOBS, recipients: [] };
  let manifest: Manifest | undefined;
  const dumped = await seconds(async () => {
    manifest = await dump({ ...source, user: "acci_backup" }, trip.store, request);
  });
  let problems: string[] = [];
  const verified = await seconds(async () => {
    const verification = { site: trip.site, superuser: trip.target.connection(), parallelism: JOBS };
    problems = await verify(trip.store, manifest!, verification);
  });
  if (problems.length > 0) throw new Error(`verify-tables: must find no difference, got ${problems.join("; ")}`);
  return { dump: dumped, verify: verified };
}

const figure = (name: string, own: number, bare: number, bar: number, what: string): Figure => ({
  name,
  value: Number((own / bare).toFixed(2)),
  unit: "x",
  bar,
  detail: `${own.toFixed(1)} s against ${bare.toFixed(1)} s of ${what}, ${TABLES} tables, ${JOBS} sessions`,
});

/** Time of a dump of many small tables, against bare pg_dump's. */
export async function dumpTables(): Promise<Figure> {
  const { dump: own, pgDump } = await measure();
  return figure("dump-tables", own, pgDump, 1.5, "pg_dump -Fd");
}

/** Time of a whole verification, the restore and every comparison, against bare pg_restore's. */
export async function verifyTables(): Promise<Figure> {
  const { pgRestore, verify } = await measure();
  return figure("verify-tables", verify, pgRestore, 2, "pg_restore");
}
