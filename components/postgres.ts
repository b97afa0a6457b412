import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { retryWhileWebhookStarts } from "../lib/hooks";
import { objectLabels } from "../lib/labels";
import { postgresParameters } from "../lib/postgres-parameters";
import type { Resources } from "../lib/resources";

export interface PostgresArgs {
  readonly namespace: pulumi.Input<string>;
  readonly image: string;
  readonly instances: number;
  readonly storage: { readonly size: string; readonly storageClass?: string };
  readonly maxConnections: number;
  readonly resources: Resources;
  /** Whether the cluster, and with it its volumes, survives `pulumi destroy`. */
  readonly protect: boolean;
}

const OWNER = "acci";
const APP = "acci_app";
const DATABASE = "acci";
/** Where the application finds the CA: its chart mounts the cluster's CA secret there. */
const CA_FILE = "/etc/acci/postgres-ca/ca.crt";

/**
 * The database: a CloudNativePG cluster that speaks TLS with SCRAM only. The owner migrates, `acci_app` serves. With one instance a node's
 * loss is an outage until the volume is mounted elsewhere; with two or more a commit reaches a replica before it is acknowledged.
 */
export class Postgres extends pulumi.ComponentResource {
  readonly host: pulumi.Output<string>;
  /** Secret: connection of the owner, for migrations. */
  readonly ownerUrl: pulumi.Output<string>;
  /** Secret: connection of the application. */
  readonly appUrl: pulumi.Output<string>;
  /** Name of the secret with the server's CA. */
  readonly caSecret: string;
  readonly cluster: k8s.apiextensions.CustomResource;

  constructor(name: string, args: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    super("acci:index:Postgres", name, args, opts);
    const owner = this.createPassword(`${name}-owner`);
    const app = this.createPassword(`${name}-app`);
    const ownerSecret = this.createSecret(`${name}-owner`, args.namespace, OWNER, owner);
    const appSecret = this.createSecret(`${name}-app`, args.namespace, APP, app);

    this.cluster = this.createCluster(name, args, ownerSecret.metadata.name, appSecret.metadata.name);
    this.host = pulumi.interpolate`${this.cluster.metadata.name}-rw.${args.namespace}.svc`;
    this.ownerUrl = this.url(OWNER, owner);
    this.appUrl = this.url(APP, app);
    this.caSecret = "postgres-ca";
    this.registerOutputs({ host: this.host });
  }

  private createPassword(name: string): pulumi.Output<string> {
    // Letters and digits only: the password stands in a URL.
    return new random.RandomPassword(name, { length: 32, special: false }, { parent: this }).result;
  }

  /** Fixed name: the cluster names it, and an operator with psql looks for it. */
  private createSecret(
    name: string,
    namespace: pulumi.Input<string>,
    username: string,
    password: pulumi.Output<string>,
  ) {
    return new k8s.core.v1.Secret(
      name,
      {
        metadata: { name, namespace, labels: { ...objectLabels("postgres"), "cnpg.io/reload": "true" } },
        type: "kubernetes.io/basic-auth",
        stringData: { username, password },
      },
      { parent: this },
    );
  }

  private createCluster(
    name: string,
    args: PostgresArgs,
    ownerSecret: pulumi.Output<string>,
    appSecret: pulumi.Output<string>,
  ) {
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
          annotations: { "pulumi.com/waitFor": "condition=Ready", "pulumi.com/timeoutSeconds": "900" },
        },
        spec: clusterSpec(args, ownerSecret, appSecret),
      },
      {
        parent: this,
        protect: args.protect,
        retainOnDelete: args.protect,
        customTimeouts: { create: "15m", update: "30m" },
        hooks: retryWhileWebhookStarts(name),
      },
    );
  }

  private url(user: string, password: pulumi.Output<string>): pulumi.Output<string> {
    const query = `sslmode=verify-full&sslrootcert=${CA_FILE}`;
    return pulumi.interpolate`postgres://${user}:${password}@${this.host}:5432/${DATABASE}?${query}`;
  }
}

function clusterSpec(args: PostgresArgs, ownerSecret: pulumi.Output<string>, appSecret: pulumi.Output<string>) {
  const { instances, resources, storage } = args;
  return {
    imageName: args.image,
    instances,
    enableSuperuserAccess: false,
    // With a single instance the operator's disruption budget would forbid every drain.
    enablePDB: instances > 1,
    primaryUpdateStrategy: "unsupervised",
    storage: { size: storage.size, ...(storage.storageClass ? { storageClass: storage.storageClass } : {}) },
    resources,
    affinity: { enablePodAntiAffinity: true, podAntiAffinityType: "preferred", topologyKey: "kubernetes.io/hostname" },
    bootstrap: {
      initdb: {
        database: DATABASE,
        owner: OWNER,
        secret: { name: ownerSecret },
        encoding: "UTF8",
        dataChecksums: true,
        // Created with the cluster, so that migrations can grant to it before the operator has set its password.
        postInitSQL: [`CREATE ROLE ${APP} LOGIN`],
      },
    },
    managed: {
      roles: [{ name: APP, ensure: "present", login: true, inherit: true, passwordSecret: { name: appSecret } }],
    },
    postgresql: {
      parameters: postgresParameters({ memoryLimit: resources.limits.memory, maxConnections: args.maxConnections }),
      // Before the operator's own last line, which would admit a password without TLS.
      pg_hba: ["hostssl all all all scram-sha-256", "hostnossl all all all reject"],
      ...(instances > 1 ? { synchronous: synchronous(instances) } : {}),
    },
  };
}

/** With a replica to spare a commit always waits for one; with a single replica its loss must not stop the primary. */
function synchronous(instances: number) {
  return { method: "any", number: 1, dataDurability: instances > 2 ? "required" : "preferred" };
}
