import path from "node:path";

/** Folder of the cluster's own data: etcd, containers, volumes, object store, Pulumi state. `make clean` removes it. */
export const state = process.env.ACCI_HOME ?? "/var/lib/acci";

export const inState = (...parts: string[]) => path.join(state, ...parts);

export const pki = inState("pki");
export const logs = inState("log");
export const kubeconfig = inState("kubeconfig", "admin");
