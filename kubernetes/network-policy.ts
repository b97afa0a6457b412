import type { types } from "@pulumi/kubernetes";
import type { Labels } from "./labels.ts";

type Peer = types.input.networking.v1.NetworkPolicyPeer;
type EgressRule = types.input.networking.v1.NetworkPolicyEgressRule;

/** Pods of another namespace. */
export interface Neighbour {
  readonly namespace: string;
  readonly podLabels: Labels;
}

/** Where names are resolved: by pods of the cluster, and at addresses outside its network. */
export interface Dns extends Neighbour {
  readonly cidrs: readonly string[];
  readonly ports: readonly number[];
}

/** Where a connection goes: to pods, or to addresses outside the cluster's network. */
export type Place = { readonly port: number } & ({ readonly pods: Neighbour } | { readonly cidrs: readonly string[] });

export const from = ({ namespace, podLabels }: Neighbour): Peer => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
  podSelector: { matchLabels: podLabels },
});

export const blocks = (cidrs: readonly string[]): Peer[] => cidrs.map((cidr) => ({ ipBlock: { cidr } }));

export const tcp = (ports: readonly number[]) => ports.map((port) => ({ protocol: "TCP", port }));

export const toPlace = (place: Place): EgressRule => ({
  to: "pods" in place ? [from(place.pods)] : blocks(place.cidrs),
  ports: tcp([place.port]),
});

export const toDns = ({ cidrs, ports, ...pods }: Dns): EgressRule => ({
  to: [from(pods), ...blocks(cidrs)],
  ports: ports.flatMap((port) => ["UDP", "TCP"].map((protocol) => ({ protocol, port }))),
});
