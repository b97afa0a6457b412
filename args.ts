import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "./config/load.ts";
import { giveAccountToIssuer } from "./components/acme-account.ts";
import { awaitPlugin } from "./components/postgres/plugin-rollout.ts";
import { observeJob } from "./diagnosis/observer.ts";
import { mostPods } from "./config/sizing.ts";
import type { BackupPolicy, DrillPolicy, OffsitePolicy, RestorePolicy } from "./components/recovery/policy.ts";
import { wishOf } from "./components/recovery/takeover.ts";

type Backups = NonNullable<StackConfig["backups"]>;

/** Secrets are marked here: the arguments of a component are in the state as well. */
const secret = <T>(value: T | undefined) => (value === undefined ? undefined : pulumi.secret(value));

export function backupPolicy({ backupIdentity, postgres, storeKeys }: StackConfig, backups: Backups): BackupPolicy {
  const { storage: size = postgres.storage, storageClass = postgres.storageClass } = backups.scratch;
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
    scratch: { size, storageClass },
    silenceSeconds: backups.silenceSeconds,
  };
}

export function offsitePolicy({ storeKeys }: StackConfig, { offsite }: Backups): OffsitePolicy | undefined {
  if (!offsite) return undefined;
  const { keep, lockDays, lockMode, schedule, store } = offsite;
  return { schedule, keep, lockDays, lockMode, store, keys: secret(storeKeys?.offsite) };
}

export function drillPolicy({ application, redis }: StackConfig, { drill }: Backups): DrillPolicy | undefined {
  if (drill.every === "never") return undefined;
  const cache = { image: redis.image, resources: redis.resources };
  return { every: drill.every, application: application.resources, cache };
}

export function restorePolicy(
  { cluster, namespace, restore }: StackConfig,
  due: Pick<RestorePolicy, "epoch" | "takeover">,
): RestorePolicy | undefined {
  if (!restore) return undefined;
  const hooks = observeJob("restore", { namespace, cluster, secrets: pulumi.output([]) });
  return { wish: wishOf(restore), timeoutMinutes: restore.timeoutMinutes, hooks, ...due };
}

/** A Gateway that is there already has its own controller. */
export function gatewayProvider({ exposure: { gateway, mode } }: StackConfig) {
  return mode === "gateway" && !gateway.existing ? { gateway } : {};
}

export function clusterArgs({ cluster }: StackConfig): k8s.ProviderArgs {
  return {
    // An update that was killed may have made an object nobody wrote down; the next one must take it over, not stop at it.
    upsertExistingObjects: true,
    // What is written here is the truth: a field somebody set by hand is taken back, not argued about.
    enablePatchForce: true,
    // Secrets are changed where they are: replaced ones would be missing for a moment, for pods that start then.
    enableSecretMutable: true,
    ...(cluster.kubeconfig ? { kubeconfig: cluster.kubeconfig } : {}),
    ...(cluster.context ? { context: cluster.context } : {}),
  };
}

export function neighbours({ backups, cluster, exposure, platform, postgres }: StackConfig) {
  const { namespace = platform.traefik.namespace, podLabels } = exposure.controller;
  return {
    controller: { namespace, podLabels },
    operator: {
      namespace: platform.cloudnativePg.namespace,
      podLabels: { "app.kubernetes.io/name": "cloudnative-pg" },
    },
    prometheus: { namespace: platform.prometheusNamespace, podLabels: { "app.kubernetes.io/name": "prometheus" } },
    apiServerCidrs: cluster.apiServerCidrs,
    archived: postgres.archive !== undefined,
    store: backups && placeOf(backups.store),
    secondStore: backups?.offsite && placeOf(backups.offsite.store),
  };
}

export function postgresArgs(config: StackConfig) {
  const { application, cluster, namespace, postgres, protect, rotation } = config;
  const { archive, pooler, storage, storageClass, ...rest } = postgres;
  const maxClients = mostPods(application) * application.databaseMaxConnections;
  return {
    ...rest,
    ...(pooler.instances > 0 ? { pooler: { ...pooler, maxClients } } : {}),
    ...(archive
      ? {
          archive: archiveArgs(config, archive),
          baseBackupHooks: awaitPlugin("postgres", { cluster, namespace, instances: postgres.instances }),
        }
      : {}),
    storage: { size: storage, storageClass },
    ...(config.restore ? { readyWithPrimary: true } : {}),
    rotations: {
      owner: rotation.postgresOwner,
      app: rotation.postgresApp,
      backup: rotation.postgresBackup,
      restore: rotation.postgresRestore,
    },
    protect,
  };
}

function archiveArgs(
  { backups, namespace, storeKeys }: StackConfig,
  archive: NonNullable<StackConfig["postgres"]["archive"]>,
) {
  const key = storeKeys?.archive && pulumi.secret(storeKeys.archive);
  // The rules of the configuration ask for one with the other.
  return { server: namespace, ...archive, store: backups!.store, key };
}

export function redisArgs({ protect, redis, rotation }: StackConfig) {
  const { storage, storageClass, ...rest } = redis;
  return {
    ...rest,
    rotations: rotation.redis,
    protect,
    ...(storage ? { storage: { size: storage, storageClass } } : {}),
  };
}

export function tlsArgs({ cluster, exposure, platform, tls }: StackConfig) {
  const { issuer, ...acme } = tls;
  const account = `${issuer}-account`;
  const issuerHooks = giveAccountToIssuer({ cluster, namespace: platform.certManager.namespace, name: account });
  return { host: exposure.host, ingressClassName: exposure.className, issuer, account, acme, issuerHooks };
}

const placeOf = ({ cidrs, endpoint }: NonNullable<StackConfig["backups"]>["store"]) => ({
  cidrs,
  port: portOf(endpoint),
});

/** Without an endpoint it is Amazon's, by HTTPS. */
const portOf = (endpoint = "https://s3"): number => {
  const { port, protocol } = new URL(endpoint);
  return Number(port || (protocol === "https:" ? 443 : 80));
};
