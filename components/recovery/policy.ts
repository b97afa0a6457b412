import type * as pulumi from "@pulumi/pulumi";
import type { Keep, RestoreRequest } from "../../backup/contract/shapes.ts";
import type { DrillInterval } from "../../config/drill-intervals.ts";
import type { Resources } from "../../kubernetes/resources.ts";
import type { Storage } from "../../kubernetes/workload.ts";
import type { StoreKeys } from "./store-secrets.ts";
import type { StoreArgs } from "./store-settings.ts";
import type { ScheduleArgs } from "./tool-schedule.ts";

/** `acci:backups`: when dumps are made, where they go, and how many are kept. */
export interface BackupPolicy extends ScheduleArgs {
  readonly recipients: readonly string[];
  /** System identifier of the same database after an upgrade in place: the only other one whose dumps continue the catalogue. */
  readonly adopt?: string | undefined;
  readonly keep: Keep;
  readonly store: StoreArgs;
  /** Keys of the store, secret. @default - the Secrets of the store are made outside the program */
  readonly keys?: pulumi.Input<StoreKeys> | undefined;
  /** age secret key, secret. @default - dumps are not encrypted */
  readonly identity?: pulumi.Input<string> | undefined;
  /** Volume of the verification server. */
  readonly verification: Storage;
}

/** `acci:backups.offsite`: when verified dumps are copied to a second store, and how many are kept there. */
export interface OffsitePolicy {
  /** Cron expression. */
  readonly schedule: string;
  readonly keep: Keep;
  /** @default - copies are not locked */
  readonly lockDays?: number | undefined;
  readonly lockMode: "governance" | "compliance";
  readonly store: StoreArgs;
  /** Keys of the second store, secret. @default - the Secrets of that store are made outside the program */
  readonly keys?: pulumi.Input<StoreKeys> | undefined;
}

/** `acci:backups.drill`: how often a recovery is rehearsed, and with what. */
export interface DrillPolicy {
  readonly every: DrillInterval;
  /** Resources of one pod of the application. */
  readonly application: Resources;
  readonly cache: { readonly image: string; readonly resources: Resources };
}

/** `acci:restore`: which dump becomes the site's database. */
export interface FailoverPolicy {
  /** The dump to restore, and the safeguards that the restore may override. */
  readonly request: RestoreRequest;
  /** Epoch that the failover must have. @default - any */
  readonly epoch?: number | undefined;
  /** Newest migration of the application that is deployed on the dump. @default - not known */
  readonly applicationSchema?: number | undefined;
  /** Annotations that identify the failover. When they change, the Job runs again. */
  readonly annotations: Readonly<Record<string, pulumi.Input<string>>>;
  readonly timeoutMinutes: number;
  /** Hooks of the Job, which show its progress and explain a failure. */
  readonly hooks?: pulumi.ResourceHookBinding;
}
