/** What the configuration says to each component, under the name that `stack.ts` gives it. The one place that maps the one to the other. */
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { giveAccountToIssuer } from "./components/acme-account.ts";
import type { Route } from "./components/application.ts";
import type { ParentRef } from "./components/parent-ref.ts";
import { watchRecovery } from "./components/postgres/recovery-watch.ts";
import { awaitPlugin } from "./components/postgres/plugin-rollout.ts";
import type { StackConfig } from "./config/load.ts";
import { rotationRecord } from "./components/rotation-record.ts";
import { judgedOf } from "./config/schema/rollout.ts";
import { canaryPods, demandsOf, mostPods } from "./config/sizing.ts";
import { observeRelease } from "./diagnosis/observer.ts";
import type { ReleaseNotes } from "./helm-history/notes.ts";
import { chartChecksum } from "./kubernetes/chart.ts";
import type { Promotions } from "./release/promotion.ts";
import { buildArgsOf, type Schema } from "./release/schema.ts";
import { type Backups, secret, serverOf } from "./args/recovery.ts";
import type { DatabasePlan } from "./components/recovery/database-plan.ts";
import { controllerOf, portOf } from "./args/addresses.ts";
import { judgeOf } from "./args/rollout.ts";
import { collectorOf, spansOf } from "./args/telemetry.ts";

export { monitoring } from "./args/monitoring.ts";
export { dataProtection, failoverAnnotations, smokeTest, toolImage } from "./args/recovery.ts";
export { rollout } from "./args/rollout.ts";
export { collector } from "./args/telemetry.ts";

const CHART = "./helm";

export function cluster({ cluster }: StackConfig): k8s.ProviderArgs {
  return {
    // A killed update may have created an object that no state records; the next update must adopt it instead of failing.
    upsertExistingObjects: true,
    // The program owns the fields it sets: a field that was changed by hand is set back without a conflict.
    enablePatchForce: true,
    // Secrets are updated in place: a replaced one is missing for a moment, and pods that start then fail.
    enableSecretMutable: true,
    // With an identifier, the provider is never replaced, and every object with it, for another address, proxy or authority in the
    // kubeconfig. Whether it is the same cluster is decided by `clusterIdentity`, before the first resource.
    clusterIdentifier: "by-uid",
    ...(cluster.kubeconfig ? { kubeconfig: cluster.kubeconfig } : {}),
    ...(cluster.context ? { context: cluster.context } : {}),
  };
}

export function image(
  { image: { build, repository } }: StackConfig,
  promoted: Promotions | undefined,
  schema: Schema | undefined,
) {
  return {
    repository,
    build: build && { ...build, buildArgs: buildArgsOf(schema) },
    promoted: promoted?.application,
  };
}

export function addons(config: StackConfig, notes: ReleaseNotes | undefined) {
  return {
    ...config.addons,
    ingressClassName: config.exposure.className,
    ...gatewayProvider(config),
    monitorLabels: config.monitoring?.labels,
    traces: config.telemetry && spansOf(config.namespace, config.telemetry),
    notes,
  };
}

export function guardedNamespace(config: StackConfig) {
  const { namespace, protect, rotation } = config;
  return { namespace, demands: demandsOf(config), annotations: rotationRecord(rotation), protect };
}

/** Traefik serves the Gateway that is made here; an existing one has a controller of its own. */
function gatewayProvider({ exposure: { gateway, mode } }: StackConfig) {
  return mode === "gateway" && !gateway.existing ? { gateway } : {};
}

export function networkPolicies(config: StackConfig) {
  const { addons, backups, cluster, monitoring, namespace: site, postgres, redis, rollout, telemetry } = config;
  const judged = judgedOf(rollout);
  return {
    controller: controllerOf(config),
    operator: {
      namespace: addons.cloudnativePg.namespace,
      podLabels: { "app.kubernetes.io/name": "cloudnative-pg" },
    },
    prometheus: { namespace: addons.prometheusNamespace, podLabels: { "app.kubernetes.io/name": "prometheus" } },
    apiServer: { cidrs: cluster.apiServerCidrs, ports: cluster.apiServerPorts },
    dns: cluster.dns,
    walArchived: postgres.walArchive !== undefined,
    scraped: monitoring !== undefined,
    exported: monitoring !== undefined && redis.exporter.enabled,
    ...(judged ? { judge: judgeOf(judged) } : {}),
    store: backups && placeOf(backups.store),
    secondStore: backups?.offsite && placeOf(backups.offsite.store),
    ...(telemetry ? { collector: collectorOf(site, telemetry) } : {}),
  };
}

const placeOf = ({ cidrs, endpoint }: Backups["store"]) => ({
  cidrs,
  port: portOf(endpoint),
});

export function postgres(config: StackConfig, database?: DatabasePlan) {
  const { application, cluster, namespace, postgres, protect, rotation } = config;
  const { walArchive, pooler, storage, storageClass, ...rest } = postgres;
  const maxClients = (mostPods(application) + canaryPods(config)) * application.databaseMaxConnections;
  return {
    ...rest,
    ...(pooler.instances > 0 ? { pooler: { ...pooler, maxClients } } : {}),
    ...(walArchive
      ? {
          walArchive: walArchiveArgs(config, walArchive, database),
          baseBackupHooks: awaitPlugin("postgres", { cluster, namespace, instances: postgres.instances }),
        }
      : {}),
    storage: { size: storage, storageClass },
    ...(config.restore ? { readyWithPrimary: true } : {}),
    // A recovery takes as long as a restore may; the replay of a day's WAL is the longest part.
    ...(config.restore && database?.recovery ? { readyMinutes: Math.max(15, config.restore.timeoutMinutes) } : {}),
    ...(database?.recovery ? { recoveryHooks: watchRecovery("postgres", { cluster, namespace }) } : {}),
    rotations: {
      owner: rotation.postgresOwner,
      app: rotation.postgresApp,
      backup: rotation.postgresBackup,
      restore: rotation.postgresRestore,
    },
    protect,
  };
}

function walArchiveArgs(
  config: StackConfig,
  archive: NonNullable<StackConfig["postgres"]["walArchive"]>,
  database: DatabasePlan | undefined,
) {
  const { backups, storeKeys } = config;
  const { recovery } = database ?? {};
  const { at, backup, server: from } = recovery ?? {};
  const server = serverOf(config, database);
  // `acci:backups` is there: a rule of the configuration requires it with an archive.
  const made = from ? { recover: { from, backup, ...(at ? { at } : {}) }, recovery } : {};
  return { ...archive, server, ...made, store: backups!.store, key: secret(storeKeys?.walArchive) };
}

export function redis({ monitoring, protect, redis, rotation }: StackConfig, template: string | undefined) {
  const { exporter, storage, storageClass, ...rest } = redis;
  return {
    ...rest,
    exporter: monitoring && exporter.enabled ? exporter.image : undefined,
    rotations: rotation.redis,
    protect,
    ...(storage ? { storage: { size: storage, storageClass }, template } : {}),
  };
}

export function tls({ addons, cluster, exposure, tls }: StackConfig) {
  const { issuer, ...acme } = tls;
  const account = `${issuer}-account`;
  const issuerHooks = giveAccountToIssuer({ cluster, namespace: addons.certManager.namespace, name: account });
  return { host: exposure.host, ingressClassName: exposure.className, issuer, account, acme, issuerHooks };
}

/** Settings of the release; `secrets` are masked should a log quote them. */
export function application(
  { application, cluster, image, monitoring, namespace, slo, telemetry }: StackConfig,
  secrets: pulumi.Output<string>[],
) {
  const { autoscaling, replicas, resources, ...settings } = application;
  const exception = slo?.gate?.exception;
  return {
    exception: exception?.version === image.version ? exception?.reason : undefined,
    chart: { path: CHART, checksum: chartChecksum(CHART) },
    scale: { replicas, autoscaling, resources },
    settings,
    ...(monitoring ? { monitoring: { interval: monitoring.interval, labels: monitoring.labels } } : {}),
    ...(telemetry ? { telemetry: spansOf(namespace, telemetry) } : {}),
    hooks: observeRelease("acci-framework", { namespace, cluster, secrets: pulumi.all(secrets) }),
  };
}

export function gateway({ exposure: { gateway, host } }: StackConfig) {
  return { host, ...gateway };
}

/** An Ingress, or with the listeners of a Gateway an HTTPRoute. */
export function route(
  { exposure }: StackConfig,
  tlsSecret: pulumi.Output<string>,
  parentRefs: readonly ParentRef[] | undefined,
): Route {
  const { annotations, className, host, hstsSeconds, rateLimit } = exposure;
  const both = { host, annotations, hstsSeconds, rateLimit };
  return parentRefs ? { kind: "gateway", ...both, parentRefs } : { kind: "ingress", ...both, className, tlsSecret };
}
