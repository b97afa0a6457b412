import type { types } from "@pulumi/kubernetes";
import { COLLECTOR, type Labels } from "../../kubernetes/labels.ts";
import { OTLP_PORT } from "./collector-config.ts";

type Spec = types.input.networking.v1.NetworkPolicySpec;

interface Pods {
  readonly namespace: string;
  readonly podLabels: Labels;
}

/** An address, and whom a pod must reach for it. */
export type Destination = { readonly endpoint: string; readonly port: number } & (
  { readonly pods: Pods } | { readonly cidrs: readonly string[] }
);

interface Edges {
  readonly controller: Pods;
  readonly traces: Destination;
  readonly logs: Destination;
}

/** One policy per edge of the collector, by name, on top of a default deny. */
export function collectorPolicies({ controller, logs, traces }: Edges, application: Pods): Record<string, Spec> {
  const podSelector = { matchLabels: COLLECTOR };
  return {
    "default-deny": { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    dns: {
      podSelector,
      policyTypes: ["Egress"],
      egress: [
        {
          to: [peer({ namespace: "kube-system", podLabels: { "k8s-app": "kube-dns" } }), block("169.254.20.10/32")],
          ports: [
            { protocol: "UDP", port: 53 },
            { protocol: "TCP", port: 53 },
          ],
        },
      ],
    },
    "site-to-collector": {
      podSelector,
      policyTypes: ["Ingress"],
      ingress: [{ from: [peer(application), peer(controller)], ports: [{ protocol: "TCP", port: OTLP_PORT }] }],
    },
    "collector-to-store": {
      podSelector,
      policyTypes: ["Egress"],
      egress: [traces, logs].map((store) => ({
        to: "pods" in store ? [peer(store.pods)] : store.cidrs.map(block),
        ports: [{ protocol: "TCP", port: store.port }],
      })),
    },
  };
}

const block = (cidr: string) => ({ ipBlock: { cidr } });

const peer = ({ namespace, podLabels }: Pods) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
  podSelector: { matchLabels: podLabels },
});
