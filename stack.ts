import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import * as args from "./args.ts";
import { Application } from "./components/application.ts";
import { Environment } from "./components/environment.ts";
import { Gateway } from "./components/gateway.ts";
import { Guard } from "./components/guard.ts";
import { Image } from "./components/image.ts";
import { Monitoring } from "./components/monitoring.ts";
import { Platform } from "./components/platform.ts";
import { Policies } from "./components/policies.ts";
import { Postgres } from "./components/postgres/postgres.ts";
import { Protection } from "./components/recovery/protection.ts";
import { Validation } from "./components/recovery/validation.ts";
import { Redis } from "./components/redis/redis.ts";
import { Tls } from "./components/tls.ts";
import type { StackConfig } from "./config/load.ts";
import { inOneName } from "./engine/field-manager.ts";
import type { ReleaseNotes } from "./helm-history/notes.ts";
import type { Promotions } from "./release/promotion.ts";

/** What was looked up elsewhere before the first resource. */
export interface Known {
  /** @default - images are built */
  readonly promoted?: Promotions | undefined;
  /** Number of the takeover this site is in charge by, or will be. @default - not known here */
  readonly epoch?: number | undefined;
  /** What the descriptions of the releases end with. @default - nothing */
  readonly notes?: pulumi.Output<ReleaseNotes>;
}

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

  const image = new Image("image", args.image(config, known.promoted), opts);
  const platform = new Platform("platform", args.platform(config, known.notes), inCluster);
  const environment = new Environment("environment", args.environment(config), inCluster);
  const { namespace } = environment;
  const policies = new Policies("policies", { namespace, ...args.policies(config) }, inCluster);

  const postgres = new Postgres(
    "postgres",
    { namespace, ...args.postgres(config) },
    after(policies, ...platform.cloudnativePg, ...platform.barmanPlugin),
  );
  const redis = new Redis(
    "redis",
    { namespace, ...args.redis(config) },
    after(policies, ...(config.redis.tls ? platform.certManager : [])),
  );
  const tls = new Tls(
    "tls",
    { namespace, ...args.tls(config) },
    after(policies, ...platform.certManager, ...platform.traefik),
  );

  const takeover = args.takeover(postgres.identity, known.epoch);
  const { backups, monitoring: scrapes } = config;
  const tools = backups && new Image("backup-image", args.toolImage(config, backups, known.promoted), inCluster);
  const protection =
    backups &&
    tools &&
    new Protection(
      "protection",
      {
        namespace,
        postgres,
        redis,
        image: tools.ref,
        applicationImage: image.ref,
        ...args.protection(config, backups, { epoch: known.epoch, takeover }),
      },
      inCluster,
    );
  const monitoring =
    scrapes && new Monitoring("monitoring", { namespace, ...args.monitoring(config, scrapes) }, after(protection));

  const tlsSecret = tls.secretName;
  const gateway =
    config.exposure.mode === "gateway"
      ? new Gateway("gateway", { namespace, tlsSecret, ...args.gateway(config) }, after(tls, ...platform.traefik))
      : undefined;
  const application = new Application(
    "application",
    {
      namespace,
      image: { repository: image.repository, tag: image.tag, digest: image.digest },
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
      ...args.application(config, [postgres.appUrl, postgres.ownerUrl, redis.url]),
    },
    after(postgres, redis, tls, gateway, protection?.restore),
  );
  const validation =
    protection?.restore &&
    new Validation(
      "validation",
      { namespace, image: protection.image, tlsSecret, takeover, ...args.validation(config) },
      after(application),
    );

  const parts = { image, platform, environment, policies, postgres, redis, tls, application, protection, validation };
  const guarded = [...Object.values(parts), monitoring, gateway].filter(isThere);
  new Guard("guard", { guarded, protect: config.protect }, opts);
  return parts;
}

const isThere = <T>(resource: T | undefined): resource is T => resource !== undefined;
