import type { types } from "@pulumi/kubernetes";
import { COLLECTOR } from "../../kubernetes/labels.ts";
import { type Dns, from, type Neighbour, type Place, tcp, toDns, toPlace } from "../../kubernetes/network-policy.ts";
import { OTLP_PORT } from "./collector-config.ts";

type Spec = types.input.networking.v1.NetworkPolicySpec;

/** An address, and whom a pod must reach for it. */
export type Destination = { readonly endpoint: string } & Place;

interface Edges {
  /** Where it may resolve names. */
  readonly dns: Dns;
  readonly controller: Neighbour;
  readonly traces: Destination;
  readonly logs: Destination;
}

/** One policy per edge of the collector, by name, on top of a default deny. */
export function collectorPolicies(
  { controller, dns, logs, traces }: Edges,
  application: Neighbour,
): Record<string, Spec> {
  const podSelector = { matchLabels: COLLECTOR };
  return {
    "default-deny": { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    dns: { podSelector, policyTypes: ["Egress"], egress: [toDns(dns)] },
    "site-to-collector": {
      podSelector,
      policyTypes: ["Ingress"],
      ingress: [{ from: [from(application), from(controller)], ports: tcp([OTLP_PORT]) }],
    },
    "collector-to-store": { podSelector, policyTypes: ["Egress"], egress: [traces, logs].map(toPlace) },
  };
}
