import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Application, type Route } from "./components/application.ts";
import { Environment } from "./components/environment.ts";
import { Gateway } from "./components/gateway.ts";
import { Guard } from "./components/guard.ts";
import { Image } from "./components/image.ts";
import { Monitoring } from "./components/monitoring.ts";
import { Platform } from "./components/platform.ts";
import { Policies } from "./components/policies.ts";
import { Postgres } from "./components/postgres/postgres.ts";
import { Protection } from "./components/recovery/protection.ts";
import { Redis } from "./components/redis/redis.ts";
import { Tls } from "./components/tls.ts";
import { Validation } from "./components/recovery/validation.ts";
import type { StackConfig } from "./config/load.ts";
import { alertRules } from "./components/alert-rules.ts";
import { chartChecksum } from "./kubernetes/chart.ts";
import { inOneName } from "./engine/field-manager.ts";
import {
  backupPolicy,
  clusterArgs,
  drillPolicy,
  gatewayProvider,
  neighbours,
  offsitePolicy,
  postgresArgs,
  redisArgs,
  restorePolicy,
  tlsArgs,
} from "./args.ts";
import { backupRepository, type Promotions } from "./release/promotion.ts";
import type { ReleaseNotes } from "./helm-history/notes.ts";
import { demandsOf } from "./config/sizing.ts";
import { observeJob, observeRelease } from "./diagnosis/observer.ts";

const CHART = "./helm";
const ALERTS = "./assets/alerts";

/** What was looked up elsewhere before the first resource. */
export interface Known {
  /** @default - images are built */
  readonly promoted?: Promotions | undefined;
  /** Number of the takeover this site is in charge by, or will be. @default - not known here */
  readonly epoch?: number | undefined;
  /** What the descriptions of the releases end with. @default - nothing */
  readonly notes?: pulumi.Output<ReleaseNotes>;
}

/** The whole picture: builds the components in order and wires the outputs of one to the inputs of the next. */
export function buildStack(
  config: StackConfig,
  { epoch, notes, promoted }: Known = {},
  opts: pulumi.ComponentResourceOptions = {},
) {
  const provider = new k8s.Provider("cluster", clusterArgs(config), opts);
  const inCluster = {
    ...opts,
    providers: [provider],
    transformations: [...(opts.transformations ?? []), inOneName],
  };

  const { build, repository } = config.image;
  const image = new Image("image", { repository, build, promoted: promoted?.application }, opts);
  const platform = new Platform(
    "platform",
    { ...config.platform, ingressClassName: config.exposure.className, ...gatewayProvider(config), notes },
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
      dependsOn: [policies, ...platform.cloudnativePg, ...platform.barmanPlugin],
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

  const needs = { image, namespace, postgres, redis, takeover: takeoverOf(postgres, epoch) };
  const protection = createProtection(config, { epoch, promoted }, needs, inCluster);

  const monitoring = protection && createMonitoring(config, namespace, protection, inCluster);

  const connections = {
    database: postgres.appUrl,
    migrate: postgres.ownerUrl,
    cache: redis.url,
    databaseCaSecret: postgres.caSecret,
    databaseIdentity: postgres.identity,
    cacheCaSecret: redis.caSecret,
  };
  const { gateway, route } = createRoute(config, namespace, tls, {
    ...inCluster,
    dependsOn: [tls, ...platform.traefik],
  });
  const { autoscaling, replicas, resources, ...settings } = config.application;
  const application = new Application(
    "application",
    {
      namespace,
      image: { repository: image.repository, tag: image.tag, digest: image.digest },
      chart: { path: CHART, checksum: chartChecksum(CHART) },
      note: notes?.["acci-framework"],
      connections,
      scale: { replicas, autoscaling, resources },
      route,
      settings,
      monitoring: config.monitoring,
      hooks: observeRelease("acci-framework", {
        namespace: config.namespace,
        cluster: config.cluster,
        secrets: pulumi.all([postgres.appUrl, postgres.ownerUrl, redis.url]),
      }),
    },
    {
      ...inCluster,
      dependsOn: [
        postgres,
        redis,
        tls,
        ...(gateway ? [gateway] : []),
        ...(protection?.restore ? [protection.restore] : []),
      ],
    },
  );
  const validation =
    protection?.restore &&
    createValidation(config, { ...needs, protection, tls }, { ...inCluster, dependsOn: [application] });
  const parts = { image, platform, environment, policies, postgres, redis, tls, application, protection, validation };
  const guarded = [...Object.values(parts), monitoring, gateway].filter((part) => part !== undefined);
  new Guard("guard", { guarded, protect: config.protect }, opts);
  return parts;
}

/** What there is to be alarmed about so far is the dumps. */
function createMonitoring(
  { monitoring, postgres }: StackConfig,
  namespace: pulumi.Output<string>,
  protection: Protection,
  opts: pulumi.ComponentResourceOptions,
): Monitoring | undefined {
  if (!monitoring) return undefined;
  // Where there is none, its silence would be an alarm.
  const rules = alertRules(ALERTS, postgres.archive ? [] : ["archive"]);
  return new Monitoring("monitoring", { namespace, ...monitoring, rules }, { ...opts, dependsOn: [protection] });
}

/** What is restored once, and again when it changes: a takeover after the last one, a database that was made anew. */
const takeoverOf = ({ identity }: Postgres, epoch?: number) => ({
  ...(epoch === undefined ? {} : { "acci.dev/epoch": String(epoch) }),
  "acci.dev/database": identity,
});

interface ProtectionNeeds {
  readonly image: Image;
  readonly namespace: pulumi.Output<string>;
  readonly postgres: Postgres;
  readonly redis: Redis;
  readonly takeover: ReturnType<typeof takeoverOf>;
}

function createProtection(
  config: StackConfig,
  { epoch, promoted }: Known,
  { image, takeover, ...needs }: ProtectionNeeds,
  opts: pulumi.ComponentResourceOptions,
): Protection | undefined {
  const { backups } = config;
  if (!backups) return undefined;
  const build = config.image.build && {
    context: ".",
    dockerfile: "./backup/Dockerfile",
    buildArgs: { POSTGRES_IMAGE: config.postgres.image },
    platforms: backups.image.platforms,
    tags: config.image.build.tags,
  };
  const toolImage = new Image(
    "backup-image",
    { repository: backupRepository(config), build, promoted: promoted?.backup },
    opts,
  );
  return new Protection(
    "protection",
    {
      ...needs,
      site: config.namespace,
      image: toolImage.ref,
      applicationImage: image.ref,
      jobs: backups.jobs,
      resources: backups.resources,
      backups: backupPolicy(config, backups),
      drill: drillPolicy(config, backups),
      offsite: offsitePolicy(config, backups),
      restore: restorePolicy(config, { epoch, takeover }),
    },
    opts,
  );
}

function createValidation(
  { cluster, exposure, namespace: site, platform }: StackConfig,
  { namespace, protection, takeover, tls }: ProtectionNeeds & { readonly protection: Protection; readonly tls: Tls },
  opts: pulumi.ComponentResourceOptions,
): Validation {
  const { address, namespace: controller = platform.traefik.namespace } = exposure.controller;
  return new Validation(
    "validation",
    {
      namespace,
      site,
      image: protection.image,
      host: exposure.host,
      route: address ?? `traefik.${controller}.svc:443`,
      application: `acci-framework.${site}.svc`,
      tlsSecret: tls.secretName,
      takeover,
      hooks: observeJob("validation", { namespace: site, cluster, secrets: pulumi.output([]) }),
    },
    opts,
  );
}

function createRoute(
  { exposure }: StackConfig,
  namespace: pulumi.Output<string>,
  tls: Tls,
  opts: pulumi.ComponentResourceOptions,
) {
  const { annotations, className, host, hstsSeconds, mode, rateLimit } = exposure;
  const both = { host, annotations, hstsSeconds, rateLimit };
  if (mode === "ingress")
    return { route: { kind: "ingress", ...both, className, tlsSecret: tls.secretName } satisfies Route };
  const gateway = new Gateway("gateway", { namespace, host, tlsSecret: tls.secretName, ...exposure.gateway }, opts);
  return { gateway, route: { kind: "gateway", ...both, parentRefs: gateway.parentRefs } satisfies Route };
}
