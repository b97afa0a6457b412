import type { DatabasePlan } from "./components/recovery/database-plan.ts";
import type { ReleaseNotes } from "./helm-history/notes.ts";
import type { Promotions } from "./release/promotion.ts";
import type { Schema } from "./release/schema.ts";

/** What was looked up elsewhere before the first resource. */
export interface Known {
  /** @default - images are built */
  readonly promoted?: Promotions | undefined;
  /** The schema that the application's image brings. @default - not known */
  readonly schema?: Schema | undefined;
  /** Number of the failover this site is active by, or will be. @default - not known here */
  readonly epoch?: number | undefined;
  /** How the database is made, or was. @default - as the configuration says */
  readonly database?: DatabasePlan | undefined;
  /** Size in the claim template of the cache's StatefulSet. @default - that of the configuration */
  readonly redisTemplate?: string | undefined;
  /** What the descriptions of the releases end with. @default - nothing */
  readonly notes?: ReleaseNotes;
}
