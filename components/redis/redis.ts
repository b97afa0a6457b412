import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { checksum } from "../../kubernetes/checksum.ts";
import { objectLabels, REDIS } from "../../kubernetes/labels.ts";
import { PROBE_USER, REDIS_TLS, RESTORE_USER, redisConf, usersAcl } from "./configuration.ts";
import type { Resources } from "../../kubernetes/resources.ts";
import { REDIS_CLAIM } from "../volumes.ts";
import { keepersOf, slotsAfter } from "../rotation.ts";
import { claimOf, containerSecurity, podSecurity, type Storage } from "../../kubernetes/workload.ts";
import { RedisExporter } from "./exporter.ts";
import { RedisTls } from "./tls.ts";

export interface RedisArgs {
  readonly namespace: pulumi.Input<string>;
  readonly image: string;
  readonly evictionPolicy: string;
  /** Volume the data is kept on. @default - memory only: a restart empties the cache */
  readonly storage?: Storage;
  /** Size in the claim template of the StatefulSet that is there, which cannot change. @default - that of `storage` */
  readonly template?: string | undefined;
  readonly appendfsync: "everysec" | "always";
  readonly tls: boolean;
  readonly resources: Resources;
  /** Image of what tells Prometheus how it does. @default - nothing tells */
  readonly exporter?: string | undefined;
  /** How often the password was replaced. */
  readonly rotations: number;
  /** Whether the volume, and the server that owns it, survives `pulumi destroy`. Means nothing without `storage`. */
  readonly protect: boolean;
}

const PORT = 6379;
const UID = 10999;

/** A single Redis for one user, `acci`, who may touch `acci:*` only. A restart is a pause of the cache, and empties it unless `storage` is set. */
export class Redis extends pulumi.ComponentResource {
  /** Secret: connection of the application. */
  readonly url: pulumi.Output<string>;
  /** User that may empty the cache and nothing else; the Secret has its password. */
  readonly restorer: {
    readonly host: pulumi.Output<string>;
    readonly user: string;
    readonly secret: pulumi.Output<string>;
    /** Name of the Secret with the server's CA. @default - the server does not speak TLS */
    readonly caSecret?: pulumi.Output<string>;
  };
  /** Name of the secret with the server's CA. */
  readonly caSecret?: pulumi.Output<string>;
  readonly server: k8s.apps.v1.StatefulSet;

  constructor(name: string, args: RedisArgs, opts?: pulumi.ComponentResourceOptions) {
    super("acci:index:Redis", name, args, opts);
    const passwords = this.createPasswords(name, args.rotations);
    const restorePassword = this.createPassword(`${name}-restore`);
    const ofExporter = args.exporter ? this.createPassword(`${name}-exporter`) : undefined;
    const users = pulumi
      .all([pulumi.all([...passwords]), restorePassword, ofExporter])
      .apply(([own, restore, exporter]) => usersAcl(own, restore, exporter));
    const acl = this.createAcl(name, args, users);
    const restoreSecret = this.createRestoreSecret(name, args, restorePassword);
    const config = this.createConfig(name, args);
    const service = this.createService(name, args);
    const tls = args.tls ? this.createTls(name, args) : undefined;
    this.caSecret = tls;
    this.server = this.createServer(name, args, { acl: acl.metadata.name, config: config.metadata.name, tls }, users);

    const host = pulumi.interpolate`${service.metadata.name}.${args.namespace}.svc`;
    const scheme = args.tls ? "rediss" : "redis";
    const password = passwords[slotsAfter(args.rotations).active];
    this.url = pulumi.interpolate`${scheme}://acci:${password}@${host}:${PORT}/0`;
    this.restorer = { host, user: RESTORE_USER, secret: restoreSecret, ...(tls ? { caSecret: tls } : {}) };
    if (args.exporter && ofExporter) {
      const address = pulumi.interpolate`${host}:${PORT}`;
      const { exporter: image, namespace } = args;
      const exporter = { namespace, image, address, password: ofExporter, caSecret: tls };
      new RedisExporter(`${name}-exporter`, exporter, { parent: this });
    }
    this.registerOutputs({});
  }

  /** Two passwords are valid at once, so that pods with the old one keep working during a rotation. */
  private createPasswords(name: string, rotations: number): Passwords {
    const [even, odd] = slotsAfter(rotations).rotations;
    return [this.createPassword(name, even), this.createPassword(`${name}-2`, odd)];
  }

  private createPassword(name: string, rotation?: number): pulumi.Output<string> {
    const args = { length: 32, special: false, ...keepersOf(rotation) };
    return new random.RandomPassword(name, args, { parent: this }).result;
  }

  private createRestoreSecret(name: string, args: RedisArgs, password: pulumi.Output<string>): pulumi.Output<string> {
    const secret = new k8s.core.v1.Secret(
      `${name}-restore`,
      { metadata: { namespace: args.namespace, labels: objectLabels("redis") }, stringData: { password } },
      { parent: this },
    );
    return secret.metadata.name;
  }

  private createTls(name: string, { namespace }: RedisArgs): pulumi.Output<string> {
    return new RedisTls(`${name}-tls`, { namespace, service: "redis" }, { parent: this }).secret;
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

  /** The claim that the StatefulSet would make by its template, which it finds and takes instead. Unlike a template it can grow. */
  private createClaim(name: string, args: RedisArgs, storage: Storage) {
    const { namespace } = args;
    return new k8s.core.v1.PersistentVolumeClaim(
      `${name}-data`,
      {
        metadata: {
          name: REDIS_CLAIM,
          namespace,
          labels: objectLabels("redis"),
          // Many StorageClasses bind a claim only when a pod with it is scheduled.
          annotations: { "pulumi.com/skipAwait": "true" },
        },
        spec: claimOf(storage),
      },
      { parent: this, protect: keepsVolume(args), retainOnDelete: keepsVolume(args) },
    );
  }

  private createServer(name: string, args: RedisArgs, mounts: Mounts, users: pulumi.Output<string>) {
    const claim = args.storage && this.createClaim(name, args, args.storage);
    return new k8s.apps.v1.StatefulSet(
      name,
      {
        metadata: { name: "redis", namespace: args.namespace, labels: objectLabels("redis") },
        spec: {
          serviceName: "redis",
          replicas: 1,
          // With ordered management a pod that never became ready would never be replaced by a fixed one.
          podManagementPolicy: "Parallel",
          selector: { matchLabels: REDIS },
          template: {
            metadata: {
              labels: objectLabels("redis"),
              // Redis reads its users and settings at start only.
              annotations: { "acci.dev/checksum": checksum([users, confOf(args)]) },
            },
            spec: podSpec(args, mounts),
          },
          ...(args.storage
            ? persistence({ ...args.storage, size: args.template ?? args.storage.size }, args.protect)
            : {}),
        },
      },
      {
        parent: this,
        protect: keepsVolume(args),
        retainOnDelete: keepsVolume(args),
        ...(claim ? { dependsOn: claim } : {}),
      },
    );
  }
}

type Passwords = readonly [pulumi.Output<string>, pulumi.Output<string>];

/** Secrets and ConfigMaps that the server reads. */
interface Mounts {
  readonly acl: pulumi.Output<string>;
  readonly config: pulumi.Output<string>;
  readonly tls?: pulumi.Output<string>;
}

const keepsVolume = ({ protect, storage }: RedisArgs) => protect && storage !== undefined;

function confOf({ resources, storage, ...rest }: RedisArgs): string {
  return redisConf({ ...rest, memoryLimit: resources.limits.memory, persistent: storage !== undefined });
}

function podSpec(args: RedisArgs, mounts: Mounts) {
  const { names, volumes } = volumesOf(args, mounts);
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
        livenessProbe: { exec: { command: client(args, "ping") }, periodSeconds: 10, timeoutSeconds: 5 },
        readinessProbe: { exec: { command: client(args, ...READY) }, periodSeconds: 5, timeoutSeconds: 5 },
        volumeMounts: [
          { name: "data", mountPath: "/data" },
          ...names.map((name) => ({ name, mountPath: MOUNTS[name], readOnly: true })),
        ],
      },
    ],
    volumes,
  };
}

const MOUNTS = { config: "/etc/acci/redis/conf", acl: "/etc/acci/redis/acl", tls: REDIS_TLS };

function volumesOf(args: RedisArgs, { acl, config, tls }: Mounts) {
  const scratch = args.storage ? [] : [{ name: "data", emptyDir: { sizeLimit: args.resources.limits.memory } }];
  const names: (keyof typeof MOUNTS)[] = tls ? ["config", "acl", "tls"] : ["config", "acl"];
  const volumes = [
    { name: "config", configMap: { name: config } },
    { name: "acl", secret: { secretName: acl } },
    ...(tls ? [{ name: "tls", secret: { secretName: tls } }] : []),
    ...scratch,
  ];
  return { names, volumes };
}

const client = ({ tls }: RedisArgs, ...words: string[]) => [
  "redis-cli",
  ...(tls ? ["--tls", "--cacert", `${REDIS_TLS}/ca.crt`] : []),
  ...words,
];

/** The probe's user has no password, so the one given here is not one. */
const READY = ["-e", "--no-auth-warning", "--user", PROBE_USER, "--pass", "none", "ping"];

function persistence(storage: Storage, protect: boolean) {
  return {
    volumeClaimTemplates: [{ metadata: { name: "data", labels: REDIS }, spec: claimOf(storage) }],
    // Also for a claim that is not in the state.
    persistentVolumeClaimRetentionPolicy: { whenDeleted: protect ? "Retain" : "Delete", whenScaled: "Retain" },
  };
}
