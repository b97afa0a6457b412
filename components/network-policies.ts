import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { METRICS_PORT } from "../backup/contract/commands.ts";
import {
  ACME_SOLVER,
  APPLICATION,
  BACKUP,
  DRILL,
  OFFSITE,
  RESTORE,
  ROLLOUT,
  SMOKE_TEST,
  BACKUP_AGENT,
  type Labels,
  POSTGRES,
  REDIS,
  REDIS_EXPORTER,
} from "../kubernetes/labels.ts";
import {
  blocks,
  type Dns,
  from,
  type Neighbour,
  type Place,
  tcp,
  toDns,
  toPlace,
} from "../kubernetes/network-policy.ts";
import { EXPORTER_PORT } from "./redis/exporter.ts";
import { renamed } from "../engine/renamed.ts";

export interface NetworkPoliciesArgs {
  readonly namespace: pulumi.Input<string>;
  /** Forwards public traffic, ACME challenges included. */
  readonly controller: Neighbour;
  readonly operator: Neighbour;
  readonly prometheus: Neighbour;
  /** Where the Kubernetes API is reached. */
  readonly apiServer: { readonly cidrs: readonly string[]; readonly ports: readonly number[] };
  readonly dns: Dns;
  /** Where dumps go, and the database's WAL if it is `walArchived`. @default - nowhere */
  readonly store?: StorePlace;
  /** Where dumps are copied. @default - nowhere */
  readonly secondStore?: StorePlace;
  /** Where the application's traces go. @default - nowhere */
  readonly collector?: Place;
  /** The Prometheus that a canary is judged by. @default - there is no canary */
  readonly judge?: Neighbour;
  /** Whether the database's WAL goes to the store as well. */
  readonly walArchived: boolean;
  /** Whether Prometheus scrapes the database. */
  readonly scraped: boolean;
  /** Whether the cache has an exporter. */
  readonly exported: boolean;
}

interface StorePlace {
  readonly cidrs: readonly string[];
  readonly port: number;
}

type Peer = k8s.types.input.networking.v1.NetworkPolicyPeer;
type Rules = Pick<k8s.types.input.networking.v1.NetworkPolicySpec, "ingress" | "egress">;

/** One NetworkPolicy per edge of the picture, on top of the environment's default deny. An edge inside the namespace opens both its ends. */
export class NetworkPolicies extends pulumi.ComponentResource {
  readonly #name: string;
  readonly #args: NetworkPoliciesArgs;

  constructor(name: string, args: NetworkPoliciesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("acci:index:NetworkPolicies", name, args, renamed(opts, { type: "acci:index:Policies", name: "policies" }));
    this.#name = name;
    this.#args = args;
    const { collector, controller, exported, judge, operator, prometheus, scraped, secondStore, store, walArchived } =
      args;
    this.createPolicy("dns", {}, { egress: [toDns(args.dns)] });
    this.allowIn("route-to-application", from(controller), APPLICATION, [8080]);
    this.allowIn("route-to-acme-solver", from(controller), ACME_SOLVER, [8089]);
    this.allowIn("prometheus-to-application", from(prometheus), APPLICATION, [9090]);
    this.allowIn("operator-to-postgres", from(operator), POSTGRES, [8000, 5432]);
    this.allow("application-to-postgres", APPLICATION, POSTGRES, 5432);
    this.allow("application-to-redis", APPLICATION, REDIS, 6379);
    // A primary that reaches neither the API server nor another instance fails its liveness probe (the isolation check of CloudNativePG).
    this.allow("postgres-to-postgres", POSTGRES, POSTGRES, 5432, 8000);
    this.allowApiServer();
    if (exported) {
      this.allow("redis-exporter-to-redis", REDIS_EXPORTER, REDIS, 6379);
      this.allowIn("prometheus-to-redis-exporter", from(prometheus), REDIS_EXPORTER, [EXPORTER_PORT]);
    }
    // The pooler's pods have the label of the database's.
    if (scraped) this.allowIn("prometheus-to-postgres", from(prometheus), POSTGRES, [9187, 9127]);
    if (collector) this.createPolicy("application-to-collector", APPLICATION, { egress: [toPlace(collector)] });
    if (store) this.allowBackups(store);
    // The archive plugin runs in the database's pods.
    if (store && walArchived) this.allowStore("postgres-to-store", POSTGRES, store);
    if (store && secondStore) {
      this.allowStore("offsite-to-store", OFFSITE, store);
      this.allowStore("offsite-to-second-store", OFFSITE, secondStore);
    }
    if (judge) this.allowRollout(judge);
    this.registerOutputs({});
  }

  /** Without a port of Prometheus: its Service may lead to any. */
  private allowRollout(judge: Neighbour) {
    const { apiServer, store } = this.#args;
    this.createPolicy("rollout-to-api-server", ROLLOUT, {
      egress: [{ to: blocks(apiServer.cidrs), ports: tcp(apiServer.ports) }],
    });
    // Without a port, as for the smoke test.
    this.createPolicy("rollout-to-route", ROLLOUT, { egress: [{ to: [from(this.#args.controller)] }] });
    this.createPolicy("rollout-to-prometheus", ROLLOUT, { egress: [{ to: [from(judge)] }] });
    if (store) this.allowStore("rollout-to-store", ROLLOUT, store);
  }

  /** The instance manager reports to the Kubernetes API. A pod selector cannot match an API server that runs on the host. */
  private allowApiServer() {
    const { cidrs, ports } = this.#args.apiServer;
    this.createPolicy("postgres-to-api-server", POSTGRES, { egress: [{ to: blocks(cidrs), ports: tcp(ports) }] });
  }

  private allowBackups(store: StorePlace) {
    for (const [name, pods] of [
      ["backup", BACKUP],
      ["drill", DRILL],
      ["restore", RESTORE],
      ["smoke-test", SMOKE_TEST],
      ["backup-agent", BACKUP_AGENT],
    ] as const)
      this.allowStore(`${name}-to-store`, pods, store);
    this.allow("backup-to-postgres", BACKUP, POSTGRES, 5432);
    this.allow("restore-to-postgres", RESTORE, POSTGRES, 5432);
    this.allow("backup-agent-to-postgres", BACKUP_AGENT, POSTGRES, 5432);
    // Without a port: the controller may listen at any behind its Service.
    this.createPolicy("smoke-test-to-route", SMOKE_TEST, { egress: [{ to: [from(this.#args.controller)] }] });
    this.allow("smoke-test-to-application", SMOKE_TEST, APPLICATION, 9090);
    this.allow("restore-to-redis", RESTORE, REDIS, 6379);
    this.allowIn("prometheus-to-backup-agent", from(this.#args.prometheus), BACKUP_AGENT, [METRICS_PORT]);
  }

  private allowStore(edge: string, source: Labels, store: StorePlace) {
    this.createPolicy(edge, source, { egress: [toPlace(store)] });
  }

  private allowIn(edge: string, peer: Peer, to: Labels, ports: number[]) {
    this.createPolicy(edge, to, { ingress: [{ from: [peer], ports: tcp(ports) }] });
  }

  private allow(edge: string, source: Labels, target: Labels, ...ports: number[]) {
    this.createPolicy(`${edge}-egress`, source, { egress: [{ to: [pods(target)], ports: tcp(ports) }] });
    this.createPolicy(`${edge}-ingress`, target, { ingress: [{ from: [pods(source)], ports: tcp(ports) }] });
  }

  private createPolicy(edge: string, matchLabels: Labels, rules: Rules) {
    const podSelector = Object.keys(matchLabels).length > 0 ? { matchLabels } : {};
    const policyTypes = [...(rules.ingress ? ["Ingress"] : []), ...(rules.egress ? ["Egress"] : [])];
    return new k8s.networking.v1.NetworkPolicy(
      `${this.#name}-${edge}`,
      { metadata: { namespace: this.#args.namespace }, spec: { podSelector, policyTypes, ...rules } },
      { parent: this },
    );
  }
}

const pods = (matchLabels: Labels): Peer => ({ podSelector: { matchLabels } });
