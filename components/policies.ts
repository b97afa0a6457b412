import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { ACME_SOLVER, APPLICATION, BACKUP, RESTORE, WATCH, type Labels, POSTGRES, REDIS } from "../lib/labels";

/** Pods of another namespace. */
export interface Neighbour {
  readonly namespace: string;
  readonly podLabels: Labels;
}

export interface PoliciesArgs {
  readonly namespace: pulumi.Input<string>;
  /** Forwards public traffic, ACME challenges included. */
  readonly controller: Neighbour;
  readonly operator: Neighbour;
  readonly prometheus: Neighbour;
  /** Where the Kubernetes API is reached. */
  readonly apiServerCidrs: readonly string[];
  /** Where dumps go, and the database's log if it is `archived`. @default - nowhere */
  readonly store?: StoreEdge;
}

interface StoreEdge {
  readonly cidrs: readonly string[];
  readonly port: number;
  readonly archived: boolean;
}

type Peer = k8s.types.input.networking.v1.NetworkPolicyPeer;
type Rules = Pick<k8s.types.input.networking.v1.NetworkPolicySpec, "ingress" | "egress">;

/** One NetworkPolicy per edge of the picture, on top of the environment's default deny. An edge inside the namespace opens both its ends. */
export class Policies extends pulumi.ComponentResource {
  constructor(
    private readonly name: string,
    private readonly args: PoliciesArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("acci:index:Policies", name, args, opts);
    const { controller, operator, prometheus } = args;
    this.allowDns();
    this.allowIn("route-to-application", from(controller), APPLICATION, [8080]);
    this.allowIn("route-to-acme-solver", from(controller), ACME_SOLVER, [8089]);
    this.allowIn("prometheus-to-application", from(prometheus), APPLICATION, [9090]);
    this.allowIn("operator-to-postgres", from(operator), POSTGRES, [8000, 5432]);
    this.allow("application-to-postgres", APPLICATION, POSTGRES, 5432);
    this.allow("application-to-redis", APPLICATION, REDIS, 6379);
    this.allow("postgres-to-postgres", POSTGRES, POSTGRES, 5432);
    this.allowApiServer();
    if (args.store) this.allowBackups(args.store);
    if (args.store?.archived) this.allowArchive(args.store);
    this.registerOutputs({});
  }

  /** Every pod may resolve names: at the cluster's DNS, or at its cache on the node. */
  private allowDns() {
    const cluster = from({ namespace: "kube-system", podLabels: { "k8s-app": "kube-dns" } });
    const nodeLocal = { ipBlock: { cidr: "169.254.20.10/32" } };
    const ports = [
      { protocol: "UDP", port: 53 },
      { protocol: "TCP", port: 53 },
    ];
    this.createPolicy("dns", {}, { egress: [{ to: [cluster, nodeLocal], ports }] });
  }

  /**
   * The instance manager reports to the Kubernetes API. The rule names ports on both sides of the service's translation, since plugins
   * differ in which they see; a pod selector cannot match an API server that runs on the host.
   */
  private allowApiServer() {
    const to = blocks(this.args.apiServerCidrs);
    this.createPolicy("postgres-to-api-server", POSTGRES, { egress: [{ to, ports: tcp([443, 6443]) }] });
  }

  /** The plugin is in the database's pods; what it does not get done shows in their metrics. */
  private allowArchive({ cidrs, port }: StoreEdge) {
    this.createPolicy("postgres-to-store", POSTGRES, { egress: [{ to: blocks(cidrs), ports: tcp([port]) }] });
    this.allowIn("prometheus-to-postgres", from(this.args.prometheus), POSTGRES, [9187]);
  }

  private allowBackups({ cidrs, port }: StoreEdge) {
    const to = blocks(cidrs);
    for (const [name, pods] of [
      ["backup", BACKUP],
      ["restore", RESTORE],
      ["watch", WATCH],
    ] as const) {
      this.allow(`${name}-to-postgres`, pods, POSTGRES, 5432);
      this.createPolicy(`${name}-to-store`, pods, { egress: [{ to, ports: tcp([port]) }] });
    }
    this.allow("restore-to-redis", RESTORE, REDIS, 6379);
    this.allowIn("prometheus-to-watch", from(this.args.prometheus), WATCH, [9090]);
  }

  private allowIn(edge: string, peer: Peer, to: Labels, ports: number[]) {
    this.createPolicy(edge, to, { ingress: [{ from: [peer], ports: tcp(ports) }] });
  }

  private allow(edge: string, source: Labels, target: Labels, port: number) {
    this.createPolicy(`${edge}-egress`, source, { egress: [{ to: [pods(target)], ports: tcp([port]) }] });
    this.createPolicy(`${edge}-ingress`, target, { ingress: [{ from: [pods(source)], ports: tcp([port]) }] });
  }

  private createPolicy(edge: string, matchLabels: Labels, rules: Rules) {
    const podSelector = Object.keys(matchLabels).length > 0 ? { matchLabels } : {};
    const policyTypes = [...(rules.ingress ? ["Ingress"] : []), ...(rules.egress ? ["Egress"] : [])];
    return new k8s.networking.v1.NetworkPolicy(
      `${this.name}-${edge}`,
      { metadata: { namespace: this.args.namespace }, spec: { podSelector, policyTypes, ...rules } },
      { parent: this },
    );
  }
}

const blocks = (cidrs: readonly string[]): Peer[] => cidrs.map((cidr) => ({ ipBlock: { cidr } }));

const pods = (matchLabels: Labels): Peer => ({ podSelector: { matchLabels } });

const from = ({ namespace, podLabels }: Neighbour): Peer => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
  podSelector: { matchLabels: podLabels },
});

const tcp = (ports: number[]) => ports.map((port) => ({ protocol: "TCP", port }));
