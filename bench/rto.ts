import type { Report } from "../backup/contract/shapes.ts";
import { merge } from "../tooling/maps.ts";
import { outputs, pulumi } from "../local/stack/pulumi.ts";
import { dr, inPlaceOfDev } from "../test/cluster/support/dr.ts";
import { bringDevHome, evenIfAlive } from "../test/cluster/support/dumps.ts";
import { destroySite } from "../test/cluster/support/destroy-site.ts";
import { promoteDev } from "../test/cluster/support/promotion.ts";
import { command, dev, type Site, until } from "../test/cluster/support/site.ts";
import { data, rowsOf } from "./backup.ts";
import type { Figure } from "./figure.ts";
import { seconds } from "./seconds.ts";

/** Parallel jobs of both restores. */
const JOBS = 4;

const drop = (site: Site) => site.sql("DROP TABLE IF EXISTS public.a, public.b");

/** A CPU limit above the machine's two processors, because a smaller limit would measure itself. */
const bothProcessors = { resources: { limits: { cpu: "8400m" } } };
const config = merge(inPlaceOfDev({ requests: 12, limits: 24, volumes: 50 }), {
  ...evenIfAlive,
  "acci:postgres": bothProcessors,
  "acci:backups": { ...bothProcessors, parallelism: JOBS },
});

/** Brings the dr stack up from nothing with that much data of the dev stack. Its Postgres has a quarter of prod's memory. */
async function bringUp(gigabytes: number): Promise<Report> {
  await promoteDev();
  await drop(dev);
  await dev.sql(`SET ROLE acci; ${data(rowsOf(gigabytes))}`);
  await command("backup-create", "STACK=dev");
  await destroySite("dr");
  await pulumi("dr", ["up", "--yes", "--skip-preview"], { config });
  return ((await outputs("dr")) as { failover: Report }).failover;
}

/** Makes dev the active site again, without that data. */
async function goHome(): Promise<void> {
  await drop(dr);
  await command("backup-create", "STACK=dr");
  await bringDevHome();
  await destroySite("dr");
  await until("dev to serve again", 120, async () => (await dev.ask("/health")).status === 200);
}

/** Seconds that a bare pg_restore of the site's data takes, into a database beside its own: the same server, replicas and machine. */
async function bareRestore(site: Site): Promise<number> {
  const shell = (script: string) => site.inPrimary(["bash", "-c", script]);
  const folder = "/var/lib/postgresql/data/bare";
  await shell(`pg_dump --format=directory --jobs=${JOBS} --compress=1 --file=${folder} acci && createdb bare`);
  const took = await seconds(() =>
    shell(`pg_restore --jobs=${JOBS} --dbname=bare ${folder} && psql --quiet --command=ANALYZE bare`),
  );
  await shell(`dropdb bare && rm -r ${folder}`);
  return took;
}

/** Seconds from `pulumi up -s dr` to a validated site, beyond those of a bare pg_restore of the same data. */
export async function recoveryTime(name: string, gigabytes: number): Promise<Figure> {
  const { phases, rtoSeconds = NaN } = await bringUp(gigabytes);
  const floor = await bareRestore(dr);
  await goHome();
  const by = Object.entries(phases).map(([phase, took]) => `${phase} ${took.toFixed(1)}`);
  const detail = `${rtoSeconds} s for ${gigabytes} GB, bare pg_restore ${floor.toFixed(1)} s; ${by.join(", ")}`;
  return { name, value: Number((rtoSeconds - floor).toFixed(1)), unit: "s", bar: 60, detail };
}
