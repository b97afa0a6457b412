import { rmSync } from "node:fs";
import type { Catalogue } from "../../backup/catalogue/schema.ts";
import { originOf } from "../../backup/database/origin.ts";
import { buckets } from "../../local/cluster/store.ts";
import { inState } from "../../local/lib/paths.ts";
import { bringDevHome, catalogueOf } from "./support/dumps.ts";
import { lose } from "./support/lose.ts";
import { dev, make, sql } from "./support/site.ts";

/** Of the dumps of prod, in `Pulumi.prod.yaml`. */
const PREFIX = "acci";

/**
 * What an earlier run has left is cleared away, the dumps of prod and its stand-in too: those of a lost site would be another's. Dumps of dev outlive the site they are of: where it was destroyed, or another is in charge, they are
 * brought back into the dev stack, as an operator would, for nothing may be published beside them.
 */
export default async function (): Promise<void> {
  if (process.env.ACCI_TEST_PREPARED) return;
  await make("up");
  for (const stack of ["prod", "dr"] as const) await lose(stack);
  for (const bucket of Object.values(buckets))
    rmSync(inState("store", bucket, PREFIX), { recursive: true, force: true });
  const catalogue = await catalogueOf("dev");
  if (catalogue && !(await isOf(catalogue))) await bringDevHome();
}

/** Whether dev is in charge, with the database that the newest dump is of or that came from the last takeover. */
async function isOf({ entries, epoch, site }: Catalogue): Promise<boolean> {
  if (site !== dev.namespace) return false;
  const [system, comment] = await sql(
    `SELECT system_identifier FROM pg_control_system();
     SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database();`,
  );
  return entries.at(-1)?.systemIdentifier === system || originOf(comment ?? null)?.epoch === epoch;
}
