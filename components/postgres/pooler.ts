import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { retryWhileWebhookStarts } from "../../engine/hooks.ts";
import { objectLabels } from "../../kubernetes/labels.ts";
import { poolerParameters } from "./pooler-parameters.ts";
import type { Resources } from "../../kubernetes/resources.ts";

export interface PoolerArgs {
  readonly namespace: pulumi.Input<string>;
  /** Name of the Cluster behind it. */
  readonly cluster: pulumi.Input<string>;
  readonly image: string;
  readonly instances: number;
  /** Connections one pod holds to the database. */
  readonly poolSize: number;
  /** Connections one pod takes from clients. */
  readonly maxClients: number;
  readonly resources: Resources;
}

/** Name of the Pooler and of its Service. The database's certificate must be valid for it as well. */
export const POOLER = "postgres-pooler";

/**
 * PgBouncer before the primary: many clients share few server connections, each for the length of a transaction. TLS on both sides; towards
 * the database it verifies whom it talks to.
 */
export class Pooler extends pulumi.ComponentResource {
  readonly host: pulumi.Output<string>;

  constructor(name: string, args: PoolerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("acci:index:Pooler", name, args, opts);
    const pooler = this.createPooler(name, args);
    if (args.instances > 1) this.createDisruptionBudget(name, args);
    this.host = pulumi.interpolate`${pooler.metadata.name}.${args.namespace}.svc`;
    this.registerOutputs({ host: this.host });
  }

  private createPooler(name: string, args: PoolerArgs) {
    return new k8s.apiextensions.CustomResource(
      name,
      {
        apiVersion: "postgresql.cnpg.io/v1",
        kind: "Pooler",
        metadata: {
          name: POOLER,
          namespace: args.namespace,
          labels: objectLabels("postgres-pooler"),
          // The operator recreates deleted pods for as long as the Pooler exists, so it must go first.
          annotations: { "pulumi.com/deletionPropagationPolicy": "background" },
        },
        spec: {
          cluster: { name: args.cluster },
          instances: args.instances,
          type: "rw",
          pgbouncer: {
            poolMode: "transaction",
            parameters: poolerParameters(args),
            // Before the operator's own lines, which would admit a password without TLS.
            pg_hba: ["0.0.0.0/0", "::/0"].flatMap((from) => [
              `hostssl all all ${from} scram-sha-256`,
              `hostnossl all all ${from} reject`,
            ]),
          },
          // Starts a new pod before it stops an old one, so that there are never fewer.
          deploymentStrategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
          template: podTemplate(args),
        },
      },
      { parent: this, hooks: retryWhileWebhookStarts(name) },
    );
  }

  private createDisruptionBudget(name: string, { namespace }: PoolerArgs) {
    return new k8s.policy.v1.PodDisruptionBudget(
      name,
      {
        metadata: { name: POOLER, namespace, labels: objectLabels("postgres-pooler") },
        spec: { maxUnavailable: 1, selector: { matchLabels: PODS } },
      },
      { parent: this },
    );
  }
}

/** The pods, as the operator labels them. */
const PODS = { "cnpg.io/poolerName": POOLER };

function podTemplate({ image, resources }: PoolerArgs) {
  return {
    metadata: { labels: objectLabels("postgres-pooler") },
    spec: {
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: "kubernetes.io/hostname",
          whenUnsatisfiable: "ScheduleAnyway",
          labelSelector: { matchLabels: PODS },
        },
      ],
      containers: [{ name: "pgbouncer", image, resources }],
      initContainers: [{ name: "bootstrap-controller", resources }],
    },
  };
}

/** Names of a Service inside the cluster. */
export const namesOf = (service: string, namespace: pulumi.Input<string>) => [
  service,
  pulumi.interpolate`${service}.${namespace}`,
  pulumi.interpolate`${service}.${namespace}.svc`,
];
