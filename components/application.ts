import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checksum } from "../kubernetes/checksum.ts";
import { objectLabels } from "../kubernetes/labels.ts";
import type { ParentRef } from "./parent-ref.ts";
import type { Resources } from "../kubernetes/resources.ts";

/** Connections, all secret. */
export interface Connections {
  readonly database: pulumi.Output<string>;
  readonly migrate: pulumi.Output<string>;
  readonly cache: pulumi.Output<string>;
  /** Name of the secret with the database server's CA. */
  readonly databaseCaSecret: string;
  /** With another one that CA is another, which pods read when they start. */
  readonly databaseIdentity: pulumi.Input<string>;
  /** The same of the cache. @default - it does not speak TLS */
  readonly cacheCaSecret?: pulumi.Output<string>;
}

export interface Scale {
  readonly replicas: number;
  /** @default - the number of pods is fixed */
  readonly autoscaling?: { readonly maxReplicas: number; readonly cpuPercent: number; readonly memoryPercent: number };
  readonly resources: Resources;
}

export interface ApplicationArgs {
  readonly namespace: pulumi.Input<string>;
  readonly image: { readonly repository: string; readonly tag: string; readonly digest: pulumi.Input<string> };
  /** The chart's folder, and a digest of its files that turns an edit into an upgrade. */
  readonly chart: { readonly path: string; readonly checksum: string };
  /** What the release's description ends with: another one makes another revision. @default - nothing */
  readonly note?: pulumi.Output<string | undefined> | undefined;
  readonly connections: Connections;
  readonly scale: Scale;
  readonly route: Route;
  readonly settings: ApplicationSettings;
  /** How often it is scraped, and what the Prometheus selects its monitors by. @default - it is not */
  readonly monitoring?: { readonly interval: string; readonly labels: Readonly<Record<string, string>> };
  /** Hooks around the release, for one that reports why it failed. */
  readonly hooks?: pulumi.ResourceHookBinding;
}

/** What either kind of route has. */
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
    const { hooks, note, ...inputs } = args;
    super("acci:index:Application", name, inputs, opts);
    const { database, migrate, cache } = args.connections;
    const secrets = {
      database: this.createSecret(name, "database", args.namespace, database),
      migrate: this.createSecret(name, "migrate", args.namespace, migrate),
      cache: this.createSecret(name, "cache", args.namespace, cache),
    };
    this.release = this.createRelease(name, { ...inputs, note }, secrets, hooks);
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

  private createRelease(name: string, args: ApplicationArgs, secrets: Secrets, hooks?: pulumi.ResourceHookBinding) {
    const { chart, connections, settings } = args;
    return new k8s.helm.v3.Release(
      name,
      {
        // Fixed: the release, its Service and its pods are what runbooks and policies address.
        name: "acci-framework",
        namespace: args.namespace,
        chart: chart.path,
        description: describe(`chart ${chart.checksum}`, args.note),
        values: {
          ...values(args),
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
      },
      {
        parent: this,
        customTimeouts: { create: `${settings.timeoutSeconds + 60}s`, update: `${settings.timeoutSeconds + 60}s` },
        ...(hooks ? { hooks } : {}),
      },
    );
  }
}

const describe = (chart: string, note?: pulumi.Output<string | undefined>): pulumi.Input<string> =>
  note ? note.apply((said) => (said ? `${chart}, ${said}` : chart)) : chart;

type Secrets = Record<"database" | "migrate" | "cache", k8s.core.v1.Secret>;

function values({ image, monitoring, route, scale, settings }: ApplicationArgs) {
  const { autoscaling, replicas, resources } = scale;
  return {
    image: { repository: image.repository, tag: image.tag, digest: image.digest },
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
    postgresql: { enabled: false },
    redis: { enabled: false },
    // The environment denies by default, and none of its policies knows the pod of `helm test`.
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
