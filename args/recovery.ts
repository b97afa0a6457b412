/** Of dumps, copies, drills, the failover and its smoke test. */
import * as pulumi from "@pulumi/pulumi";
import type { BackupPolicy, DrillPolicy, OffsitePolicy, FailoverPolicy } from "../components/recovery/policy.ts";
import type { DatabasePlan } from "../components/recovery/database-plan.ts";
import { requestOf } from "../components/recovery/failover-plan.ts";
import type { StackConfig } from "../config/load.ts";
import { observeJob } from "../diagnosis/observer.ts";
import { backupRepository, type Promotions } from "../release/promotion.ts";
import { routeOf } from "./addresses.ts";

export type Backups = NonNullable<StackConfig["backups"]>;

/** The image of the backup tools; it is built where the application is. */
export function toolImage(config: StackConfig, backups: Backups, promoted: Promotions | undefined) {
  const { build } = config.image;
  return {
    repository: backupRepository(config),
    build: build && {
      context: ".",
      dockerfile: "./backup/Dockerfile",
      buildArgs: { POSTGRES_IMAGE: config.postgres.image },
      platforms: backups.image.platforms,
      tags: build.tags,
    },
    promoted: promoted?.backup,
  };
}

/** Annotations of the Jobs `failover` and `smoke-test`. When one changes (new epoch, new database) Pulumi replaces the Job and it runs again. */
export function failoverAnnotations(database: pulumi.Output<string>, epoch: number | undefined) {
  return {
    ...(epoch === undefined ? {} : { "acci.dev/epoch": String(epoch) }),
    "acci.dev/database": database,
  };
}

interface Due extends Pick<FailoverPolicy, "applicationSchema" | "epoch" | "annotations"> {
  /** How the database was made, and where it archives to. */
  readonly database: DatabasePlan | undefined;
}

export function dataProtection(config: StackConfig, backups: Backups, due: Due) {
  return {
    site: config.namespace,
    parallelism: backups.parallelism,
    resources: backups.resources,
    backups: backupPolicy(config, backups),
    drill: drillPolicy(config, backups),
    offsite: offsitePolicy(config, backups),
    failover: failoverPolicy(config, due),
    archiveServer: config.postgres.walArchive && serverOf(config, due.database),
    heartbeatTimeoutSeconds: backups.heartbeatTimeoutSeconds,
  };
}

export function smokeTest(config: StackConfig) {
  const { cluster, exposure, namespace: site } = config;
  return {
    site,
    host: exposure.host,
    route: routeOf(config),
    application: `acci-framework.${site}.svc`,
    hooks: observeJob("smoke-test", { namespace: site, cluster, secrets: pulumi.output([]) }),
  };
}

/** Marks a value as secret. The arguments of components are stored in the state, so this must happen before they are passed. */
export const secret = <T>(value: T | undefined) => (value === undefined ? undefined : pulumi.secret(value));

function backupPolicy({ backupIdentity, postgres, storeKeys }: StackConfig, backups: Backups): BackupPolicy {
  const { storage: size = postgres.storage, storageClass = postgres.storageClass } = backups.verification;
  return {
    schedule: backups.schedule,
    timeZone: backups.timeZone,
    deadlineMinutes: backups.deadlineMinutes,
    recipients: backups.recipients,
    adopt: backups.adopt,
    keep: backups.keep,
    store: backups.store,
    keys: secret(storeKeys),
    identity: secret(backupIdentity),
    verification: { size, storageClass },
  };
}

function offsitePolicy({ storeKeys }: StackConfig, { offsite }: Backups): OffsitePolicy | undefined {
  if (!offsite) return undefined;
  const { keep, lockDays, lockMode, schedule, store } = offsite;
  return { schedule, keep, lockDays, lockMode, store, keys: secret(storeKeys?.offsite) };
}

function drillPolicy({ application, redis }: StackConfig, { drill }: Backups): DrillPolicy | undefined {
  if (drill.every === "never") return undefined;
  const cache = { image: redis.image, resources: redis.resources };
  return { every: drill.every, application: application.resources, cache };
}

/** Folder that the site archives to. */
export const serverOf = ({ namespace, postgres }: StackConfig, database: DatabasePlan | undefined) =>
  postgres.walArchive?.server ?? database?.server ?? namespace;

function failoverPolicy(
  { cluster, namespace, restore }: StackConfig,
  { database, ...due }: Due,
): FailoverPolicy | undefined {
  if (!restore) return undefined;
  const hooks = observeJob("failover", { namespace, cluster, secrets: pulumi.output([]) });
  return { request: requestOf(restore, database?.recovery), timeoutMinutes: restore.timeoutMinutes, hooks, ...due };
}
