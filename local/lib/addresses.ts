/**
 * Name of the link into the platform's own network namespace. The namespace separates its ports and rules from the machine's; only this
 * link is visible from outside.
 */
export const link = "acci0";
export const hostAddress = "10.98.0.1";
export const nodeAddress = "10.98.0.2";
export const prefixLength = 30;

export const podRange = "10.244.0.0/24";
export const serviceRange = "10.96.0.0/16";
export const apiServiceAddress = "10.96.0.1";
export const dnsAddress = "10.96.0.10";

export const ports = { api: 6443, registry: 5000, store: 7070, acme: 14000, acmeManagement: 15000 } as const;

export const registry = `${nodeAddress}:${ports.registry}`;
export const node = "local";
