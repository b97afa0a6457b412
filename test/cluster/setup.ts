import { rmSync } from "node:fs";
import type { Catalogue } from "../../backup/catalogue/schema.ts";
import { originOf } from "../../backup/database/origin.ts";
import { buckets } from "../../local/cluster/store.ts";
import { inState } from "../../local/lib/paths.ts";
import { bringDevHome, catalogueOf } from "./support/dumps.ts";
import { destroySite } from "./support/destroy-site.ts";
import { dev, make, sql } from "./support/site.ts";

/** Prefix of prod's dumps in the store, from `Pulumi.prod.yaml`. */
const PREFIX = "acci";

/**
 * Removes what an earlier run has left: prod, dr and their dumps, because dumps of a lost site would be another site's. Dumps of dev
 * outlive their site. When dev was destroyed, or another site is active, dev fails over with them as an operator would, because no
 * other site may publish beside them.
 */
export default async function (): Promise<void> {
  if (process.env.ACCI_TEST_PREPARED) return;
  await make("up");
  for (const stack of ["prod", "dr"] as const) await destroySite(stack);
  for (const bucket of Object.values(buckets))
    rmSync(inState("store", bucket, PREFIX), { recursive: true, force: true });
  const catalogue = await catalogueOf("dev");
  if (catalogue && !(await isOf(catalogue))) await bringDevHome();
}

/** Whether dev is active, with the database of the newest dump or the database of the last failover. */
async function isOf({ entries, epoch, site }: Catalogue): Promise<boolean> {
  if (site !== dev.namespace) return false;
  const [system, comment] = await sql(
    `SELECT system_identifier FROM pg_control_system();
     SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database();`,
  );
  return entries.at(-1)?.systemIdentifier === system || originOf(comment ?? null)?.epoch === epoch;
}
