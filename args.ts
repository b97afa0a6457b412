/** What the configuration says to each component, under the name that `stack.ts` gives it. The one place that maps the one to the other. */
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { giveAccountToIssuer } from "./components/acme-account.ts";
import { alertRules } from "./components/alert-rules.ts";
import type { Route } from "./components/application.ts";
import type { TraceTarget } from "./components/addons.ts";
import { collectorAddress, collectorNamespace } from "./components/telemetry/collector.ts";
import { OTLP_PORT } from "./components/telemetry/collector-config.ts";
import { dashboardsIn } from "./components/observability/dashboards.ts";
import { monitors } from "./components/observability/monitors.ts";
import { siteRecords } from "./components/observability/site-records.ts";
import { sloRules } from "./components/observability/slo-rules.ts";
import type { ParentRef } from "./components/parent-ref.ts";
import { awaitPlugin } from "./components/postgres/plugin-rollout.ts";
import type { BackupPolicy, DrillPolicy, OffsitePolicy, FailoverPolicy } from "./components/recovery/policy.ts";
import { requestOf } from "./components/recovery/failover-plan.ts";
import type { StackConfig } from "./config/load.ts";
import { longestGapSeconds } from "./config/schedules.ts";
import { demandsOf, mostPods } from "./config/sizing.ts";
import { observeJob, observeRelease } from "./diagnosis/observer.ts";
import type { ReleaseNotes } from "./helm-history/notes.ts";
import { chartChecksum } from "./kubernetes/chart.ts";
import { COLLECTOR } from "./kubernetes/labels.ts";
import { backupRepository, type Promotions } from "./release/promotion.ts";

const CHART = "./helm";
const ALERTS = "./assets/alerts";
const DASHBOARDS = "./assets/dashboards";

type Backups = NonNullable<StackConfig["backups"]>;

export function cluster({ cluster }: StackConfig): k8s.ProviderArgs {
  return {
    // A killed update may have created an object that no state records; the next update must adopt it instead of failing.
    upsertExistingObjects: true,
    // The program owns the fields it sets: a field that was changed by hand is set back without a conflict.
    enablePatchForce: true,
    // Secrets are updated in place: a replaced one is missing for a moment, and pods that start then fail.
    enableSecretMutable: true,
    ...(cluster.kubeconfig ? { kubeconfig: cluster.kubeconfig } : {}),
    ...(cluster.context ? { context: cluster.context } : {}),
  };
}

export function image({ image: { build, repository } }: StackConfig, promoted: Promotions | undefined) {
  return { repository, build, promoted: promoted?.application };
}

export function addons(config: StackConfig, notes: pulumi.Output<ReleaseNotes> | undefined) {
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
  return { namespace: config.namespace, demands: demandsOf(config), protect: config.protect };
}

/** Traefik serves the Gateway that is made here; an existing one has a controller of its own. */
function gatewayProvider({ exposure: { gateway, mode } }: StackConfig) {
  return mode === "gateway" && !gateway.existing ? { gateway } : {};
}

export function networkPolicies(config: StackConfig) {
  const { addons, backups, cluster, exposure, monitoring, namespace: site, postgres, redis, telemetry } = config;
  const { namespace = addons.traefik.namespace, podLabels } = exposure.controller;
  return {
    controller: { namespace, podLabels },
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
    store: backups && placeOf(backups.store),
    secondStore: backups?.offsite && placeOf(backups.offsite.store),
    ...(telemetry ? { collector: collectorOf(site, telemetry) } : {}),
  };
}

type Telemetry = NonNullable<StackConfig["telemetry"]>;

/** What the application sends its spans to: a collector of this stack's own, or the address itself. */
const collectorOf = (site: string, telemetry: Telemetry) =>
  telemetry.collector.mode === "install"
    ? { pods: { namespace: collectorNamespace(site), podLabels: COLLECTOR }, port: OTLP_PORT }
    : destinationOf(telemetry, telemetry.endpoint);

/** Whom a pod must reach to send to an address of the telemetry. */
function destinationOf({ destination: { cidrs, namespace, podLabels } }: Telemetry, address: string) {
  const port = portOf(address);
  return namespace ? { pods: { namespace, podLabels }, port } : { cidrs, port };
}

/** The collector of each node, if this stack installs it. */
export function collector({ exposure, addons, namespace: site, telemetry }: StackConfig) {
  if (telemetry?.collector.mode !== "install") return undefined;
  const { collector, endpoint } = telemetry;
  const logs = collector.logsEndpoint ?? endpoint;
  const { namespace = addons.traefik.namespace, podLabels } = exposure.controller;
  return {
    site,
    image: collector.image,
    controller: { namespace, podLabels },
    traces: { endpoint, ...destinationOf(telemetry, endpoint) },
    logs: { endpoint: logs, ...destinationOf(telemetry, logs) },
  };
}

const placeOf = ({ cidrs, endpoint }: Backups["store"]) => ({
  cidrs,
  port: portOf(endpoint),
});

/** Port of the store. Without an endpoint it is Amazon S3, by HTTPS. */
const portOf = (endpoint = "https://s3"): number => {
  const { port, protocol } = new URL(endpoint);
  return Number(port || (protocol === "https:" ? 443 : 80));
};

export function postgres(config: StackConfig) {
  const { application, cluster, namespace, postgres, protect, rotation } = config;
  const { walArchive, pooler, storage, storageClass, ...rest } = postgres;
  const maxClients = mostPods(application) * application.databaseMaxConnections;
  return {
    ...rest,
    ...(pooler.instances > 0 ? { pooler: { ...pooler, maxClients } } : {}),
    ...(walArchive
      ? {
          walArchive: walArchiveArgs(config, walArchive),
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

function walArchiveArgs(
  { backups, namespace, storeKeys }: StackConfig,
  archive: NonNullable<StackConfig["postgres"]["walArchive"]>,
) {
  // `acci:backups` is there: a rule of the configuration requires it with an archive.
  return { server: namespace, ...archive, store: backups!.store, key: secret(storeKeys?.walArchive) };
}

export function redis({ monitoring, protect, redis, rotation }: StackConfig) {
  const { exporter, storage, storageClass, ...rest } = redis;
  return {
    ...rest,
    exporter: monitoring && exporter.enabled ? exporter.image : undefined,
    rotations: rotation.redis,
    protect,
    ...(storage ? { storage: { size: storage, storageClass } } : {}),
  };
}

export function tls({ addons, cluster, exposure, tls }: StackConfig) {
  const { issuer, ...acme } = tls;
  const account = `${issuer}-account`;
  const issuerHooks = giveAccountToIssuer({ cluster, namespace: addons.certManager.namespace, name: account });
  return { host: exposure.host, ingressClassName: exposure.className, issuer, account, acme, issuerHooks };
}

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

export function dataProtection(
  config: StackConfig,
  backups: Backups,
  due: Pick<FailoverPolicy, "epoch" | "annotations">,
) {
  return {
    site: config.namespace,
    parallelism: backups.parallelism,
    resources: backups.resources,
    backups: backupPolicy(config, backups),
    drill: drillPolicy(config, backups),
    offsite: offsitePolicy(config, backups),
    failover: failoverPolicy(config, due),
    heartbeatTimeoutSeconds: backups.heartbeatTimeoutSeconds,
  };
}

export function smokeTest({ addons, cluster, exposure, namespace: site }: StackConfig) {
  const { address, namespace: controller = addons.traefik.namespace } = exposure.controller;
  return {
    site,
    host: exposure.host,
    route: address ?? `traefik.${controller}.svc:443`,
    application: `acci-framework.${site}.svc`,
    hooks: observeJob("smoke-test", { namespace: site, cluster, secrets: pulumi.output([]) }),
  };
}

/** Marks a value as secret. The arguments of components are stored in the state, so this must happen before they are passed. */
const secret = <T>(value: T | undefined) => (value === undefined ? undefined : pulumi.secret(value));

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

function failoverPolicy(
  { cluster, namespace, restore }: StackConfig,
  due: Pick<FailoverPolicy, "epoch" | "annotations">,
): FailoverPolicy | undefined {
  if (!restore) return undefined;
  const hooks = observeJob("failover", { namespace, cluster, secrets: pulumi.output([]) });
  return { request: requestOf(restore), timeoutMinutes: restore.timeoutMinutes, hooks, ...due };
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

function spansOf(site: string, { collector, endpoint, protocol, sampleRatio }: Telemetry): TraceTarget {
  return collector.mode === "install"
    ? { endpoint: collectorAddress(site), protocol: "http/protobuf", sampleRatio }
    : { endpoint, protocol, sampleRatio };
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

/** Rules of what a stack does not have are left out: their alerts on absent metrics would always fire. */
export function monitoring(config: StackConfig, scrapes: NonNullable<StackConfig["monitoring"]>) {
  const { application, backups, namespace, postgres, redis, slo } = config;
  const exported = redis.exporter.enabled;
  const { dashboards, interval, labels } = scrapes;
  const poolers = postgres.pooler.instances;
  const absent = [
    ...(postgres.walArchive ? [] : ["archive"]),
    ...(backups ? [] : ["backups", "drills"]),
    ...(exported ? [] : ["cache"]),
  ];
  const { autoscaling, replicas, resources } = application;
  return {
    labels,
    rules: {
      ...alertRules(ALERTS, absent),
      site: siteRecords({
        namespace,
        application: { limits: resources.limits, replicas, maxReplicas: autoscaling?.maxReplicas },
        postgres: { instances: postgres.instances, volume: postgres.storage },
        poolers,
        exported,
        intervals: {
          backup: backups && longestGapSeconds(backups.schedule),
          offsite: backups?.offsite && longestGapSeconds(backups.offsite.schedule),
          base_backup: postgres.walArchive && longestGapSeconds(postgres.walArchive.schedule),
        },
      }),
      ...(slo ? { slo: sloRules(namespace, { ...slo, dumpAge: backups && slo.dumpAge }) } : {}),
    },
    monitors: monitors({ interval, poolers, exported, backups: backups !== undefined }),
    dashboards: dashboards && { ...dashboards, json: dashboardsIn(DASHBOARDS) },
  };
}
