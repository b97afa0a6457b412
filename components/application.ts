import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checksum } from "../kubernetes/checksum.ts";
import { objectLabels } from "../kubernetes/labels.ts";
import type { TraceTarget } from "./addons.ts";
import type { Schema } from "../release/schema.ts";
import type { ParentRef } from "./parent-ref.ts";
import { Canary, type CanaryPolicy } from "./canary.ts";
import { ANNOTATIONS, RELEASES } from "../backup/contract/rollout.ts";
import type { Resources } from "../kubernetes/resources.ts";

/** Connections, all secret. */
export interface Connections {
  readonly database: pulumi.Output<string>;
  readonly migrate: pulumi.Output<string>;
  readonly cache: pulumi.Output<string>;
  /** Name of the secret with the database server's CA. */
  readonly databaseCaSecret: string;
  /**
   * UID of the database. It changes when the database is recreated, with a new CA. Pods read the CA only at start, so they are restarted
   * then.
   */
  readonly databaseIdentity: pulumi.Input<string>;
  /** Name of the Secret with the cache's CA. @default - the cache does not speak TLS */
  readonly cacheCaSecret?: pulumi.Output<string>;
}

export interface Scale {
  readonly replicas: number;
  /** @default - the number of pods is fixed */
  readonly autoscaling?: { readonly maxReplicas: number; readonly cpuPercent: number; readonly memoryPercent: number };
  readonly resources: Resources;
}

export interface ApplicationImage {
  readonly repository: string;
  readonly tag: string;
  readonly digest: pulumi.Input<string>;
  /** The schema that it brings, recorded with the release for later ones. @default - not known */
  readonly schema?: Schema | undefined;
}

export interface ApplicationArgs {
  readonly namespace: pulumi.Input<string>;
  readonly image: ApplicationImage;
  /** The chart's folder, and a digest of its files that turns an edit into an upgrade. */
  readonly chart: { readonly path: string; readonly checksum: string };
  /** Text at the end of the release's description; a new text makes a new revision. @default - none */
  readonly note?: string | undefined;
  /** Why it is deployed although the error budget is spent, for the release's description. @default - no exception */
  readonly exception?: string | undefined;
  readonly connections: Connections;
  readonly scale: Scale;
  readonly route: Route;
  readonly settings: ApplicationSettings;
  /** Scrape interval, and the labels by which the Prometheus selects monitors. @default - not scraped */
  readonly monitoring?: { readonly interval: string; readonly labels: Readonly<Record<string, string>> };
  /** Where traces are sent by OTLP. @default - none are made */
  readonly telemetry?: TraceTarget;
  /** How a canary of a new version is tried before the release is updated. @default - the release is updated at once */
  readonly canary?: CanaryPolicy | undefined;
  /** Hooks around the release, such as those that report why it failed. */
  readonly hooks?: pulumi.ResourceHookBinding;
}

/** Settings that an Ingress and an HTTPRoute share. */
interface Exposure {
  readonly host: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly hstsSeconds: number;
  /** @default - none */
  readonly rateLimit?: { readonly perSecond: number; readonly burst: number; readonly proxies: number };
}

/** How the application is reached from outside. */
export type Route = Exposure &
  (
    | { readonly kind: "ingress"; readonly className: string; readonly tlsSecret: pulumi.Input<string> }
    | { readonly kind: "gateway"; readonly parentRefs: readonly ParentRef[] }
  );

export interface ApplicationSettings {
  readonly logLevel: string;
  readonly databaseMaxConnections: number;
  readonly cacheTtlSeconds: number;
  readonly timeoutSeconds: number;
}

/** The application as a Helm release, so that `helm history` and `helm rollback` work. A release that does not become ready is rolled back. */
export class Application extends pulumi.ComponentResource {
  readonly url: string;
  readonly release: k8s.helm.v3.Release;

  constructor(name: string, args: ApplicationArgs, opts?: pulumi.ComponentResourceOptions) {
    // Hooks are functions: they cannot be sent to the engine as inputs.
    const { canary: policy, hooks, note, ...inputs } = args;
    super("acci:index:Application", name, inputs, opts);
    const { database, migrate, cache } = args.connections;
    const secrets = {
      database: this.createSecret(name, "database", args.namespace, database),
      migrate: this.createSecret(name, "migrate", args.namespace, migrate),
      cache: this.createSecret(name, "cache", args.namespace, cache),
    };
    const version = policy && versionOf(args);
    const release = releaseArgs(inputs, secrets, version);
    const canary =
      policy &&
      version &&
      this.createCanary(name, { ...release, description: describe({ ...args, note: policy.note }) }, version, policy);
    this.release = this.createRelease(name, { ...release, description: describe(args) }, { hooks, canary });
    canary?.finish(this.release);
    this.url = `https://${args.route.host}`;
    this.registerOutputs({ url: this.url });
  }

  /** Fixed name: an earlier revision of the release must still find it after `helm rollback`. */
  private createSecret(name: string, role: string, namespace: pulumi.Input<string>, url: pulumi.Output<string>) {
    return new k8s.core.v1.Secret(
      `${name}-${role}`,
      {
        metadata: { name: `acci-framework-${role}`, namespace, labels: objectLabels("acci-framework") },
        stringData: { url },
      },
      { parent: this },
    );
  }

  private createCanary(
    name: string,
    release: SharedRelease,
    version: pulumi.Output<string>,
    { note: _, ...policy }: CanaryPolicy,
  ) {
    return new Canary(`${name}-canary`, { release, version, ...policy }, { parent: this });
  }

  private createRelease(
    name: string,
    release: SharedRelease,
    { canary, hooks }: { readonly canary: Canary | undefined; readonly hooks: pulumi.ResourceHookBinding | undefined },
  ) {
    const timeout = `${release.timeout + 60}s`;
    return new k8s.helm.v3.Release(
      name,
      // Fixed: the release, its Service and its pods are what runbooks and policies address.
      { name: RELEASES.stable, ...release },
      {
        parent: this,
        customTimeouts: { create: timeout, update: timeout },
        ...(hooks ? { hooks } : {}),
        ...(canary ? { dependsOn: [canary.job] } : {}),
      },
    );
  }
}

/** What the release and that of its canary have in common, with a description of each. */
type SharedRelease = ReturnType<typeof releaseArgs> & { readonly description: pulumi.Input<string> };

function releaseArgs(args: ApplicationArgs, secrets: Secrets, version: pulumi.Output<string> | undefined) {
  const { chart, connections, settings } = args;
  return {
    namespace: args.namespace,
    chart: chart.path,
    values: {
      ...values(args),
      ...(version ? { podAnnotations: { [ANNOTATIONS.version]: version } } : {}),
      database: {
        existingSecret: secrets.database.metadata.name,
        migrateSecret: secrets.migrate.metadata.name,
        caSecret: connections.databaseCaSecret,
      },
      cache: {
        existingSecret: secrets.cache.metadata.name,
        ...(connections.cacheCaSecret ? { caSecret: connections.cacheCaSecret } : {}),
      },
      secretsChecksum: checksum([
        connections.database,
        connections.migrate,
        connections.cache,
        connections.databaseIdentity,
      ]),
    },
    atomic: true,
    maxHistory: 10,
    timeout: settings.timeoutSeconds,
  };
}

/** Digest of what the pods run. Not of their number, their route and their passwords, for which nobody needs a canary. */
const versionOf = ({ chart, image, scale, settings, telemetry }: ApplicationArgs) =>
  checksum([image.digest, chart.checksum, JSON.stringify([settings, scale.resources, telemetry ?? null])]);

function describe({
  chart: { checksum },
  exception,
  note,
}: Pick<ApplicationArgs, "chart" | "exception" | "note">): string {
  const chart = `chart ${checksum}${exception ? `, by exception: ${exception}` : ""}`;
  return note ? `${chart}, ${note}` : chart;
}

type Secrets = Record<"database" | "migrate" | "cache", k8s.core.v1.Secret>;

function values({ image, monitoring, route, scale, settings, telemetry }: ApplicationArgs) {
  const { autoscaling, replicas, resources } = scale;
  return {
    image: {
      repository: image.repository,
      tag: image.tag,
      digest: image.digest,
      ...(image.schema ? { schema: { ...image.schema } } : {}),
    },
    replicaCount: replicas,
    resources,
    autoscaling: autoscaling
      ? {
          enabled: true,
          minReplicas: replicas,
          maxReplicas: autoscaling.maxReplicas,
          targetCPUUtilizationPercentage: autoscaling.cpuPercent,
          targetMemoryUtilizationPercentage: autoscaling.memoryPercent,
        }
      : { enabled: false },
    ...routeValues(route),
    config: {
      logLevel: settings.logLevel,
      databaseMaxConnections: settings.databaseMaxConnections,
      cacheTtlSeconds: settings.cacheTtlSeconds,
      hstsSeconds: route.hstsSeconds,
      ...(route.rateLimit ? { rateLimit: route.rateLimit } : {}),
    },
    ...(monitoring ? { serviceMonitor: { enabled: true, ...monitoring } } : {}),
    // A text, because Helm would write a small number with an exponent.
    ...(telemetry ? { telemetry: { ...telemetry, sampleRatio: String(telemetry.sampleRatio) } } : {}),
    postgresql: { enabled: false },
    redis: { enabled: false },
    // The environment denies by default, and none of its policies selects the pod of `helm test`.
    tests: { networkPolicy: true },
  };
}

function routeValues(route: Route) {
  if (route.kind === "gateway")
    return {
      ingress: { enabled: false },
      gateway: {
        enabled: true,
        annotations: route.annotations,
        parentRefs: route.parentRefs,
        hostnames: [route.host],
      },
    };
  return {
    ingress: {
      enabled: true,
      className: route.className,
      // The stack has its own Certificate for the secret; an empty value leaves the chart's annotation out.
      annotations: { ...route.annotations, "cert-manager.io/cluster-issuer": "" },
      hosts: [{ host: route.host, paths: [{ path: "/", pathType: "Prefix" }] }],
      tls: [{ secretName: route.tlsSecret, hosts: [route.host] }],
    },
  };
}
