import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { checksum } from "../lib/checksum";
import { objectLabels, REDIS } from "../lib/labels";
import { PROBE_USER, RESTORE_USER, redisConf, usersAcl } from "../lib/redis-config";
import type { Resources } from "../lib/resources";
import { containerSecurity, podSecurity } from "../lib/workload";

export interface RedisArgs {
  readonly namespace: pulumi.Input<string>;
  readonly image: string;
  readonly evictionPolicy: string;
  /** Volume the data is kept on. @default - memory only: a restart empties the cache */
  readonly storage?: { readonly size: string; readonly storageClass?: string };
  readonly resources: Resources;
  /** Whether the volume, and the server that owns it, survives `pulumi destroy`. Means nothing without `storage`. */
  readonly protect: boolean;
}

const PORT = 6379;
const UID = 10999;

/** A single Redis for one user, `acci`, who may touch `acci:*` only. A restart is a pause of the cache, and empties it unless `storage` is set. */
export class Redis extends pulumi.ComponentResource {
  /** Secret: connection of the application. */
  readonly url: pulumi.Output<string>;
  /** Whoever may empty the cache, and nothing else: the secret has the password. */
  readonly restorer: { readonly host: pulumi.Output<string>; readonly user: string; readonly secret: pulumi.Output<string> };
  readonly server: k8s.apps.v1.StatefulSet;

  constructor(name: string, args: RedisArgs, opts?: pulumi.ComponentResourceOptions) {
    super("acci:index:Redis", name, args, opts);
    const password = this.createPassword(name);
    const restorePassword = this.createPassword(`${name}-restore`);
    const users = pulumi.all([password, restorePassword]).apply(([own, restore]) => usersAcl(own, restore));
    const acl = this.createAcl(name, args, users);
    const restoreSecret = this.createRestoreSecret(name, args, restorePassword);
    const config = this.createConfig(name, args);
    const service = this.createService(name, args);
    this.server = this.createServer(name, args, acl.metadata.name, config.metadata.name, users);

    const host = pulumi.interpolate`${service.metadata.name}.${args.namespace}.svc`;
    this.url = pulumi.interpolate`redis://acci:${password}@${host}:${PORT}/0`;
    this.restorer = { host, user: RESTORE_USER, secret: restoreSecret };
    this.registerOutputs({});
  }

  private createPassword(name: string): pulumi.Output<string> {
    return new random.RandomPassword(name, { length: 32, special: false }, { parent: this }).result;
  }

  private createRestoreSecret(name: string, args: RedisArgs, password: pulumi.Output<string>): pulumi.Output<string> {
    const secret = new k8s.core.v1.Secret(
      `${name}-restore`,
      { metadata: { namespace: args.namespace, labels: objectLabels("redis") }, stringData: { password } },
      { parent: this },
    );
    return secret.metadata.name;
  }

  private createAcl(name: string, args: RedisArgs, users: pulumi.Output<string>) {
    return new k8s.core.v1.Secret(
      `${name}-acl`,
      {
        metadata: { namespace: args.namespace, labels: objectLabels("redis") },
        stringData: { "users.acl": users },
      },
      { parent: this },
    );
  }

  private createConfig(name: string, args: RedisArgs) {
    return new k8s.core.v1.ConfigMap(
      `${name}-config`,
      { metadata: { namespace: args.namespace, labels: objectLabels("redis") }, data: { "redis.conf": confOf(args) } },
      { parent: this },
    );
  }

  /** Fixed name: it is the address of the cache. Headless, as a single server needs no balancing. */
  private createService(name: string, args: RedisArgs) {
    return new k8s.core.v1.Service(
      name,
      {
        metadata: { name: "redis", namespace: args.namespace, labels: objectLabels("redis") },
        spec: { clusterIP: "None", selector: REDIS, ports: [{ name: "redis", port: PORT, targetPort: "redis" }] },
      },
      { parent: this },
    );
  }

  private createServer(
    name: string,
    args: RedisArgs,
    acl: pulumi.Output<string>,
    config: pulumi.Output<string>,
    users: pulumi.Output<string>,
  ) {
    return new k8s.apps.v1.StatefulSet(
      name,
      {
        metadata: { name: "redis", namespace: args.namespace, labels: objectLabels("redis") },
        spec: {
          serviceName: "redis",
          replicas: 1,
          // In order, a pod that never became ready would never be replaced by a better one.
          podManagementPolicy: "Parallel",
          selector: { matchLabels: REDIS },
          template: {
            metadata: {
              labels: objectLabels("redis"),
              // Redis reads its users and settings at start only.
              annotations: { "acci.dev/checksum": checksum([users, confOf(args)]) },
            },
            spec: podSpec(args, acl, config),
          },
          ...(args.storage ? persistence(args.storage, args.protect) : {}),
        },
      },
      { parent: this, protect: keepsVolume(args), retainOnDelete: keepsVolume(args) },
    );
  }
}

const keepsVolume = ({ protect, storage }: RedisArgs) => protect && storage !== undefined;

function confOf({ resources, evictionPolicy, storage }: RedisArgs): string {
  return redisConf({ memoryLimit: resources.limits.memory, evictionPolicy, persistent: storage !== undefined });
}

function podSpec(args: RedisArgs, acl: pulumi.Output<string>, config: pulumi.Output<string>) {
  const scratch = args.storage ? [] : [{ name: "data", emptyDir: { sizeLimit: args.resources.limits.memory } }];
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: podSecurity(UID),
    containers: [
      {
        name: "redis",
        image: args.image,
        command: ["redis-server", "/etc/acci/redis/conf/redis.conf"],
        ports: [{ name: "redis", containerPort: PORT }],
        resources: args.resources,
        securityContext: containerSecurity(),
        // Any answer is a sign of life, a refusal too. Ready means that it serves, which it does not while it loads its data.
        livenessProbe: { exec: { command: ["redis-cli", "ping"] }, periodSeconds: 10, timeoutSeconds: 5 },
        readinessProbe: { exec: { command: READY }, periodSeconds: 5, timeoutSeconds: 5 },
        volumeMounts: [
          { name: "data", mountPath: "/data" },
          { name: "config", mountPath: "/etc/acci/redis/conf", readOnly: true },
          { name: "acl", mountPath: "/etc/acci/redis/acl", readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: "config", configMap: { name: config } },
      { name: "acl", secret: { secretName: acl } },
      ...scratch,
    ],
  };
}

/** The probe's user has no password, so the one given here is not one. */
const READY = ["redis-cli", "-e", "--no-auth-warning", "--user", PROBE_USER, "--pass", "none", "ping"];

function persistence(storage: { readonly size: string; readonly storageClass?: string }, protect: boolean) {
  return {
    volumeClaimTemplates: [volumeClaim(storage)],
    // The claim is the StatefulSet's, not Pulumi's: this field alone says what becomes of it.
    persistentVolumeClaimRetentionPolicy: { whenDeleted: protect ? "Retain" : "Delete", whenScaled: "Retain" },
  };
}

function volumeClaim({ size, storageClass }: { readonly size: string; readonly storageClass?: string }) {
  return {
    metadata: { name: "data", labels: REDIS },
    spec: {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: size } },
      ...(storageClass ? { storageClassName: storageClass } : {}),
    },
  };
}
