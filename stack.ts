import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Known } from "./known.ts";
import * as args from "./args.ts";
import { Application } from "./components/application.ts";
import { GuardedNamespace } from "./components/guarded-namespace.ts";
import { Gateway } from "./components/gateway.ts";
import { Guard } from "./components/guard.ts";
import { Image } from "./components/image.ts";
import { Monitoring } from "./components/monitoring.ts";
import { Addons } from "./components/addons.ts";
import { NetworkPolicies } from "./components/network-policies.ts";
import { Postgres } from "./components/postgres/postgres.ts";
import { DataProtection } from "./components/recovery/data-protection.ts";
import { Collector } from "./components/telemetry/collector.ts";
import { SmokeTest } from "./components/recovery/smoke-test.ts";
import { Redis } from "./components/redis/redis.ts";
import { Tls } from "./components/tls.ts";
import type { StackConfig } from "./config/load.ts";
import { inOneName } from "./engine/field-manager.ts";

/** The whole picture: builds the components in order and wires the outputs of one to the inputs of the next. `args.ts` has what comes from configuration. */
export function buildStack(config: StackConfig, known: Known = {}, opts: pulumi.ComponentResourceOptions = {}) {
  const provider = new k8s.Provider("cluster", args.cluster(config), opts);
  const inCluster = {
    ...opts,
    providers: [provider],
    transformations: [...(opts.transformations ?? []), inOneName],
  };
  const after = (...resources: (pulumi.Resource | undefined)[]) => ({
    ...inCluster,
    dependsOn: resources.filter(isThere),
  });

  const image = new Image("image", args.image(config, known.promoted, known.schema), opts);
  const addons = new Addons("addons", args.addons(config, known.notes), inCluster);
  const guardedNamespace = new GuardedNamespace("namespace", args.guardedNamespace(config), inCluster);
  const { namespace } = guardedNamespace;
  const policies = new NetworkPolicies("network-policies", { namespace, ...args.networkPolicies(config) }, inCluster);

  const postgres = new Postgres(
    "postgres",
    { namespace, ...args.postgres(config, known.database) },
    after(policies, ...addons.cloudnativePg, ...addons.barmanPlugin),
  );
  const redis = new Redis(
    "redis",
    { namespace, ...args.redis(config, known.redisTemplate) },
    after(policies, ...(config.redis.tls ? addons.certManager : [])),
  );
  const tls = new Tls(
    "tls",
    { namespace, ...args.tls(config) },
    after(policies, ...addons.certManager, ...addons.traefik),
  );

  const annotations = args.failoverAnnotations(postgres.identity, known.epoch);
  const { backups, monitoring: scrapes } = config;
  const tools = backups && new Image("backup-image", args.toolImage(config, backups, known.promoted), inCluster);
  const protection =
    backups &&
    tools &&
    new DataProtection(
      "data-protection",
      {
        namespace,
        postgres,
        redis,
        image: tools.ref,
        applicationImage: image.ref,
        ...args.dataProtection(config, backups, {
          applicationSchema: known.schema?.version,
          epoch: known.epoch,
          annotations,
          database: known.database,
        }),
      },
      inCluster,
    );
  const monitoring =
    scrapes && new Monitoring("monitoring", { namespace, ...args.monitoring(config, scrapes) }, after(protection));

  const collectorArgs = args.collector(config);
  const collector = collectorArgs && new Collector("collector", collectorArgs, inCluster);

  const tlsSecret = tls.secretName;
  const gateway =
    config.exposure.mode === "gateway"
      ? new Gateway("gateway", { namespace, tlsSecret, ...args.gateway(config) }, after(tls, ...addons.traefik))
      : undefined;
  const secrets = [postgres.appUrl, postgres.ownerUrl, redis.url];
  const canary = protection && args.rollout(config, protection.image, tlsSecret, secrets, known.notes);
  const application = new Application(
    "application",
    {
      namespace,
      image: { repository: image.repository, tag: image.tag, digest: image.digest, schema: known.schema },
      connections: {
        database: postgres.appUrl,
        migrate: postgres.ownerUrl,
        cache: redis.url,
        databaseCaSecret: postgres.caSecret,
        databaseIdentity: postgres.identity,
        cacheCaSecret: redis.caSecret,
      },
      route: args.route(config, tlsSecret, gateway?.parentRefs),
      note: known.notes?.["acci-framework"],
      canary,
      ...args.application(config, secrets),
    },
    // The Job of a canary has a key of the store.
    after(postgres, redis, tls, gateway, canary ? protection : protection?.failover),
  );
  const smokeTest =
    protection?.failover &&
    new SmokeTest(
      "smoke-test",
      { namespace, image: protection.image, tlsSecret, annotations, ...args.smokeTest(config) },
      after(application),
    );

  const parts = { image, addons, guardedNamespace, policies, postgres, redis, tls, application, protection, smokeTest };
  const guarded = [...Object.values(parts), monitoring, collector, gateway].filter(isThere);
  new Guard("guard", { guarded, protect: config.protect }, opts);
  return parts;
}

const isThere = <T>(resource: T | undefined): resource is T => resource !== undefined;
