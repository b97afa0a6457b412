import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Application } from "./components/application";
import { Environment } from "./components/environment";
import { Image } from "./components/image";
import { Platform } from "./components/platform";
import { Policies } from "./components/policies";
import { Postgres } from "./components/postgres";
import { Redis } from "./components/redis";
import { Tls } from "./components/tls";
import type { StackConfig } from "./config";
import { chartChecksum } from "./lib/chart";
import type { Promotion } from "./lib/promotion";
import { demandsOf, mostPods } from "./lib/resources";
import { observeRelease } from "./lib/observer";

const CHART = "./helm";

/** The whole picture: builds the components in order and wires the outputs of one to the inputs of the next. */
export function buildStack(config: StackConfig, promoted?: Promotion, opts: pulumi.ComponentResourceOptions = {}) {
  const provider = new k8s.Provider("cluster", clusterArgs(config), opts);
  const inCluster = { ...opts, providers: [provider] };

  const { build, repository } = config.image;
  const image = new Image("image", { repository, build, promoted }, opts);
  const platform = new Platform(
    "platform",
    { ...config.platform, ingressClassName: config.exposure.className },
    inCluster,
  );
  const environment = new Environment(
    "environment",
    { namespace: config.namespace, demands: demandsOf(config), protect: config.protect },
    inCluster,
  );
  const { namespace } = environment;
  const policies = new Policies("policies", { namespace, ...neighbours(config) }, inCluster);

  const postgres = new Postgres(
    "postgres",
    { namespace, ...postgresArgs(config) },
    {
      ...inCluster,
      dependsOn: [policies, ...platform.cloudnativePg],
    },
  );
  const redis = new Redis(
    "redis",
    { namespace, ...redisArgs(config) },
    { ...inCluster, dependsOn: [policies, ...(config.redis.tls ? platform.certManager : [])] },
  );
  const tls = new Tls(
    "tls",
    { namespace, ...tlsArgs(config) },
    {
      ...inCluster,
      dependsOn: [policies, ...platform.certManager, ...platform.traefik],
    },
  );

  const connections = {
    database: postgres.appUrl,
    migrate: postgres.ownerUrl,
    cache: redis.url,
    databaseCaSecret: postgres.caSecret,
    cacheCaSecret: redis.caSecret,
  };
  const { autoscaling, replicas, resources, ...settings } = config.application;
  const application = new Application(
    "application",
    {
      namespace,
      image: { repository: image.repository, tag: image.tag, digest: image.digest },
      chart: { path: CHART, checksum: chartChecksum(CHART) },
      connections,
      scale: { replicas, autoscaling, resources },
      route: { host: config.exposure.host, className: config.exposure.className, tlsSecret: tls.secretName },
      settings,
      hooks: observeRelease("acci-framework", {
        namespace: config.namespace,
        cluster: config.cluster,
        secrets: pulumi.all([postgres.appUrl, postgres.ownerUrl, redis.url]),
      }),
    },
    { ...inCluster, dependsOn: [postgres, redis, tls] },
  );
  return { image, platform, environment, policies, postgres, redis, tls, application };
}

function clusterArgs({ cluster }: StackConfig): k8s.ProviderArgs {
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

function neighbours({ cluster, exposure, platform }: StackConfig) {
  const { namespace = platform.traefik.namespace, podLabels } = exposure.controller;
  return {
    controller: { namespace, podLabels },
    operator: {
      namespace: platform.cloudnativePg.namespace,
      podLabels: { "app.kubernetes.io/name": "cloudnative-pg" },
    },
    prometheus: { namespace: platform.prometheusNamespace, podLabels: { "app.kubernetes.io/name": "prometheus" } },
    apiServerCidrs: cluster.apiServerCidrs,
  };
}

function postgresArgs({ application, postgres, protect, rotation }: StackConfig) {
  const { pooler, storage, storageClass, ...rest } = postgres;
  const maxClients = mostPods(application) * application.databaseMaxConnections;
  return {
    ...rest,
    ...(pooler.instances > 0 ? { pooler: { ...pooler, maxClients } } : {}),
    storage: { size: storage, storageClass },
    rotations: {
      owner: rotation.postgresOwner,
      app: rotation.postgresApp,
      backup: rotation.postgresBackup,
      restore: rotation.postgresRestore,
    },
    protect,
  };
}

function redisArgs({ protect, redis, rotation }: StackConfig) {
  const { storage, storageClass, ...rest } = redis;
  return {
    ...rest,
    rotations: rotation.redis,
    protect,
    ...(storage ? { storage: { size: storage, storageClass } } : {}),
  };
}

function tlsArgs({ exposure, tls }: StackConfig) {
  const { issuer, ...acme } = tls;
  return { host: exposure.host, ingressClassName: exposure.className, issuer, acme };
}
