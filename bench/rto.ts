import type { Report } from "../backup/takeover/report.ts";
import { outputs, pulumi } from "../local/stack/pulumi.ts";
import { dr, rehearsalOf } from "../test/e2e/dr.ts";
import { bringDevHome, evenIfAlive } from "../test/e2e/dumps.ts";
import { lose } from "../test/e2e/lose.ts";
import { promoteDev } from "../test/e2e/promotion.ts";
import { command, dev, type Site, until } from "../test/e2e/site.ts";
import { bareRestore, data, rowsOf } from "./backup.ts";
import type { Figure } from "./run.ts";

const drop = (site: Site) => site.sql("DROP TABLE IF EXISTS public.a, public.b");

/**
 * Brings the dr stack up from nothing with so much data of the dev stack, as a quarter of the prod stack's limits allows, and answers what it says
 * of itself. Afterwards dev is in charge again, without that data.
 */
async function bringUp(gigabytes: number): Promise<Report> {
  await promoteDev();
  await drop(dev);
  await dev.sql(`SET ROLE acci; ${data(rowsOf(gigabytes))}`);
  await command("backup", "STACK=dev");
  await lose("dr");
  const config = { ...rehearsalOf({ requests: 12, limits: 24, volumes: 50 }), ...evenIfAlive };
  await pulumi("dr", ["up", "--yes", "--skip-preview"], { config });
  const { takeover } = (await outputs("dr")) as { takeover: Report };
  await goHome();
  return takeover;
}

async function goHome(): Promise<void> {
  await drop(dr);
  await command("backup", "STACK=dr");
  await bringDevHome();
  await lose("dr");
  await until("dev to serve again", 120, async () => (await dev.ask("/health")).status === 200);
}

/** Seconds from `pulumi up -s dr` to a validated site, beyond those of a bare pg_restore of the same data. */
export async function recoveryTime(name: string, gigabytes: number): Promise<Figure> {
  const floor = await bareRestore(gigabytes);
  const { phases, rtoSeconds = NaN } = await bringUp(gigabytes);
  const by = Object.entries(phases).map(([phase, took]) => `${phase} ${took.toFixed(1)}`);
  const detail = `${rtoSeconds} s for ${gigabytes} GB, bare pg_restore ${floor.toFixed(1)} s; ${by.join(", ")}`;
  return { name, value: Number((rtoSeconds - floor).toFixed(1)), unit: "s", bar: 60, detail };
}
