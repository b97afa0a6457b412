import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { ArchiveRecovery } from "../../backup/contract/shapes.ts";
import type { DatabaseArgs } from "../recovery/backup-tool.ts";
import { connectionUrl } from "./connection-url.ts";
import { retryWhileWebhookStarts } from "../../engine/hooks.ts";
import { identityOf } from "../../engine/identity.ts";
import { objectLabels } from "../../kubernetes/labels.ts";
import { explainMajorUpgrade } from "./major-upgrade.ts";
import { OWNER } from "../../config/own-roles.ts";
import { type Audit, postgresParameters, synchronous } from "./parameters.ts";
import { archiving, PLUGIN, RECOVERY, type Recovery, recovering, refuseLateRecovery } from "./point-in-time.ts";
import { createExtensions, superuserExtensions } from "./extensions.ts";
import { createRoles, DATABASE, type ExtraRole, managedRoles, type RoleKey, siteRoles, userOf } from "./roles.ts";
import type { Resources } from "../../kubernetes/resources.ts";
import { keepersOf, slotsAfter } from "../rotation.ts";
import type { SiteServer } from "../recovery/verification-server.ts";
import { WalArchive, type WalArchiveArgs } from "./wal-archive.ts";
import { namesOf, Pooler, POOLER, type PoolerArgs } from "./pooler.ts";

export interface PostgresArgs {
  readonly namespace: pulumi.Input<string>;
  readonly image: string;
  readonly instances: number;
  readonly antiAffinity: "preferred" | "required";
  readonly storage: { readonly size: string; readonly storageClass?: string };
  readonly maxConnections: number;
  readonly audit: Audit;
  /** Roles beside the stack's own. */
  readonly roles: readonly ExtraRole[];
  /** Extensions beside pgaudit that only a superuser may create. */
  readonly extensions: readonly string[];
  readonly resources: Resources;
  /** @default - the application connects to the primary */
  readonly pooler?: Omit<PoolerArgs, "namespace" | "cluster">;
  /** @default - only dumps bring data back */
  readonly walArchive?: Omit<WalArchiveArgs, "namespace"> & {
    /** Folder of the archive for this database; no other database may ever have written there. */
    readonly server: string;
    /** Cron schedule of base backups: five fields, in the operator's time zone. */
    readonly schedule: string;
    /** Archive that a new database is recovered from. @default - it starts empty */
    readonly recover?: Recovery;
    /** The recovery for a failover, as it was decided. @default - there was none */
    readonly recovery?: ArchiveRecovery | undefined;
    /** Longest time for which WAL waits to be archived, in seconds. */
    readonly timeoutSeconds: number;
  };
  /** Whether the component is ready as soon as the primary is, as a restore needs it; replicas join meanwhile. @default false */
  readonly readyWithPrimary?: boolean;
  /** How long the database may take until it is ready. @default 15 */
  readonly readyMinutes?: number;
  /** Hooks around a recovery from the archive. */
  readonly recoveryHooks?: pulumi.ResourceHookBinding | undefined;
  /** Hooks around the schedule of base backups. */
  readonly baseBackupHooks?: pulumi.ResourceHookBinding;
  /** How often the password of each role was replaced. */
  readonly rotations: Readonly<Record<"owner" | "app" | "backup" | "restore", number>>;
  /** Whether the cluster, and with it its volumes, survives `pulumi destroy`. */
  readonly protect: boolean;
}

/**
 * The database: a CloudNativePG cluster that speaks TLS with SCRAM only. The owner migrates, `acci_app` serves, `acci_backup` dumps and
 * `acci_restore` brings dumps back. With one instance a node's
 * loss is an outage until the volume is mounted elsewhere; with two or more a commit reaches a replica before it is acknowledged.
 */
export class Postgres extends pulumi.ComponentResource {
  readonly host: pulumi.Output<string>;
  /** Secret: connection of the owner, for migrations. */
  readonly ownerUrl: pulumi.Output<string>;
  /** Secret: connection of the application, through the pooler if there is one. */
  readonly appUrl: pulumi.Output<string>;
  /** Name of the secret with the server's CA. */
  readonly caSecret: string;
  /**
   * UID of the Cluster object. A new UID means a new, empty database with a new CA: dependents must restart, and restores must run again.
   */
  readonly identity: pulumi.Output<string>;
  /** Connection for dumps: to the primary, which names a replica to read from if there is one. */
  readonly reader: DatabaseArgs;
  /** Connection for restores: to the primary. */
  readonly restorer: DatabaseArgs;
  /** Roles and extensions that the server has from its beginning. */
  readonly server: SiteServer;
  /** Depend on this, not on the component, to avoid waiting for the pooler. */
  readonly cluster: k8s.apiextensions.CustomResource;

  constructor(name: string, args: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    const { baseBackupHooks: _, recoveryHooks: __, ...inputs } = args;
    super("acci:index:Postgres", name, inputs, opts);
    const accounts = this.createAccounts(name, args);

    const archive =
      args.walArchive &&
      new WalArchive(`${name}-archive`, { ...args.walArchive, namespace: args.namespace }, { parent: this });
    this.cluster = this.createCluster(name, args, accounts, archive?.objectStore);
    if (args.walArchive) this.createBaseBackups(name, args, args.walArchive);
    this.host = pulumi.interpolate`${this.cluster.metadata.name}-rw.${args.namespace}.svc`;
    const pooler = args.pooler ? this.createPooler(name, { ...args, pooler: args.pooler }) : undefined;
    const app = (["app", "app2"] as const)[slotsAfter(args.rotations.app).active];
    this.ownerUrl = connectionUrl(this.host, OWNER, accounts.owner.password);
    this.appUrl = connectionUrl(pooler?.host ?? this.host, userOf(app), accounts[app].password);
    this.caSecret = "postgres-ca";
    this.identity = identityOf(this.cluster.metadata);
    const { caSecret, host, identity } = this;
    const primary = { name: DATABASE, host, caSecret, identity, replicas: args.instances - 1 };
    this.reader = { ...primary, secret: accounts.backup.secret };
    this.restorer = { ...primary, secret: accounts.restore.secret };
    this.server = { roles: siteRoles(args.roles), extensions: superuserExtensions(args) };
    this.registerOutputs({ host: this.host });
  }

  private createAccounts(name: string, { namespace, rotations }: PostgresArgs): Accounts {
    const create = (role: string, username: string, rotation: number | undefined) =>
      this.createAccount(`${name}-${role}`, username, namespace, rotation);
    const [even, odd] = slotsAfter(rotations.app).rotations;
    return {
      owner: create("owner", OWNER, rotations.owner),
      app: create("app", userOf("app"), even),
      app2: create("app-2", userOf("app2"), odd),
      backup: create("backup", userOf("backup"), rotations.backup),
      restore: create("restore", userOf("restore"), rotations.restore),
    };
  }

  private createAccount(
    name: string,
    username: string,
    namespace: pulumi.Input<string>,
    rotation: number | undefined,
  ): Account {
    const generated = new random.RandomPassword(
      name,
      // Letters and digits only: the password stands in a URL.
      { length: 32, special: false, ...keepersOf(rotation) },
      { parent: this },
    );
    const password = generated.result;
    const secret = new k8s.core.v1.Secret(
      name,
      {
        metadata: {
          // Fixed: the cluster names it, and an operator with psql looks for it.
          name,
          namespace,
          labels: { ...objectLabels("postgres"), "cnpg.io/reload": "true" },
        },
        type: "kubernetes.io/basic-auth",
        stringData: { username, password },
      },
      { parent: this },
    );
    return { password, secret: secret.metadata.name };
  }

  private createCluster(name: string, args: PostgresArgs, accounts: Accounts, archive?: pulumi.Output<string>) {
    const { readyMinutes = 15 } = args;
    const recovery = args.walArchive?.recovery;
    return new k8s.apiextensions.CustomResource(
      name,
      {
        apiVersion: "postgresql.cnpg.io/v1",
        kind: "Cluster",
        metadata: {
          // Fixed: the operator names its services and CA secret after it.
          name: "postgres",
          namespace: args.namespace,
          labels: objectLabels("postgres"),
          annotations: {
            // The operator omits `readyInstances` while it is zero.
            "pulumi.com/waitFor": args.readyWithPrimary ? "jsonpath={.status.readyInstances}" : "condition=Ready",
            "pulumi.com/timeoutSeconds": String(readyMinutes * 60),
            ...(recovery ? { [RECOVERY]: JSON.stringify(recovery) } : {}),
          },
        },
        spec: { ...clusterSpec(args, accounts), ...archiveSpec(args, accounts, archive) },
      },
      {
        parent: this,
        protect: args.protect,
        // Kept on replacement, so that the next object takes over this one with its data; `destroy` removes it with its namespace.
        retainOnDelete: true,
        customTimeouts: { create: `${readyMinutes}m`, update: `${Math.max(readyMinutes, 30)}m` },
        hooks: {
          ...args.recoveryHooks,
          ...retryWhileWebhookStarts(name),
          beforeUpdate: [...explainMajorUpgrade(name), ...refuseLateRecovery(name)],
        },
      },
    );
  }

  /** Base backups on a schedule, the first at once: WAL alone recovers nothing. */
  private createBaseBackups(
    name: string,
    { baseBackupHooks, namespace }: PostgresArgs,
    { schedule, server }: NonNullable<PostgresArgs["walArchive"]>,
  ) {
    return new k8s.apiextensions.CustomResource(
      `${name}-base-backups`,
      {
        apiVersion: "postgresql.cnpg.io/v1",
        kind: "ScheduledBackup",
        // Named after the folder, so that a new folder begins with a base backup of its own.
        metadata: { name: server, namespace, labels: objectLabels("postgres") },
        spec: {
          // The operator's cron has a field for seconds.
          schedule: `0 ${schedule}`,
          immediate: true,
          backupOwnerReference: "self",
          cluster: { name: this.cluster.metadata.name },
          method: "plugin",
          pluginConfiguration: { name: PLUGIN },
        },
      },
      { parent: this, ...(baseBackupHooks ? { hooks: baseBackupHooks } : {}) },
    );
  }

  private createPooler(name: string, { namespace, pooler }: PostgresArgs & Required<Pick<PostgresArgs, "pooler">>) {
    const args = { ...pooler, namespace, cluster: this.cluster.metadata.name };
    return new Pooler(`${name}-pooler`, args, { parent: this });
  }
}

interface Account {
  readonly password: pulumi.Output<string>;
  /** Its secret's name. */
  readonly secret: pulumi.Output<string>;
}

type Accounts = Readonly<Record<RoleKey | "owner", Account>>;

function clusterSpec(args: PostgresArgs, accounts: Accounts) {
  const { audit, instances, resources, roles, storage } = args;
  const extensions = superuserExtensions(args);
  return {
    imageName: args.image,
    instances,
    enableSuperuserAccess: false,
    // With a single instance the operator's disruption budget would forbid every drain.
    enablePDB: instances > 1,
    primaryUpdateStrategy: "unsupervised",
    // A smart shutdown refuses new sessions and waits for the old ones, and those of a pool never end: the default of three minutes would be
    // an outage.
    smartShutdownTimeout: 5,
    probes: {
      // The operator's default of ten seconds would be lost in every start, and so in every recovery.
      startup: { periodSeconds: 1 },
      // A replica that does not stream is not ready: its readers would see old data, and commits would wait for it.
      readiness: { type: "streaming" },
    },
    storage: { size: storage.size, ...(storage.storageClass ? { storageClass: storage.storageClass } : {}) },
    resources,
    affinity: {
      enablePodAntiAffinity: true,
      podAntiAffinityType: args.antiAffinity,
      topologyKey: "kubernetes.io/hostname",
    },
    bootstrap: {
      initdb: {
        database: DATABASE,
        owner: OWNER,
        secret: { name: accounts.owner.secret },
        encoding: "UTF8",
        dataChecksums: true,
        postInitSQL: createRoles(args.roles),
        ...(extensions.length > 0 ? { postInitTemplateSQL: createExtensions(extensions) } : {}),
      },
    },
    // The pooler shows the server's certificate to its clients.
    ...(args.pooler ? { certificates: { serverAltDNSNames: namesOf(POOLER, args.namespace) } } : {}),
    managed: { roles: managedRoles((role) => accounts[role].secret, roles) },
    postgresql: {
      parameters: postgresParameters(
        { memoryLimit: resources.limits.memory, storage: storage.size, maxConnections: args.maxConnections },
        { archiveTimeout: args.walArchive?.timeoutSeconds, audit, extensions, replicas: instances - 1 },
      ),
      // Before the operator's own last line, which would admit a password without TLS.
      pg_hba: ["hostssl all all all scram-sha-256", "hostnossl all all all reject"],
      ...(instances > 1 ? { synchronous: synchronous(instances) } : {}),
    },
  };
}

/** The part of the Cluster's spec that the archive adds, and that changes how it begins. */
function archiveSpec({ walArchive: archive }: PostgresArgs, accounts: Accounts, objectStore?: pulumi.Output<string>) {
  if (!archive || !objectStore) return {};
  const owner = { database: DATABASE, owner: OWNER, secret: { name: accounts.owner.secret } };
  return {
    ...archiving(objectStore, archive.server),
    ...(archive.recover ? recovering(objectStore, archive.recover, owner) : {}),
  };
}
