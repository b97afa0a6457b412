export type Labels = Record<string, string>;

const PART_OF = "acci";

/** What a selector matches: never changes, because most selectors are immutable. */
export function selectorLabels(name: string): Labels {
  return { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": PART_OF };
}

/** What an object carries. */
export function objectLabels(name: string): Labels {
  return { ...selectorLabels(name), "app.kubernetes.io/managed-by": "pulumi" };
}

/** The application's pods, as the chart labels them. */
export const APPLICATION = { "app.kubernetes.io/name": "acci-framework" };
/** The database's pods and its bootstrap and join jobs, as the operator labels them. */
export const POSTGRES = { "cnpg.io/cluster": "postgres" };
export const REDIS = selectorLabels("redis");
/** The pod that tells Prometheus how the cache does. */
export const REDIS_EXPORTER = selectorLabels("redis-exporter");
/** The short-lived pods that answer an ACME HTTP-01 challenge. */
export const ACME_SOLVER = { "acme.cert-manager.io/http01-solver": "true" };
/** The pods of a backup run. */
export const BACKUP = selectorLabels("backup");
/** The pods that copy dumps to the second store. */
export const OFFSITE = selectorLabels("offsite");
/** The agent's pod, which polls the catalogue. */
export const BACKUP_AGENT = selectorLabels("backup-agent");
/** The pods that restore a dump: those of the Job `failover` and of the toolbox. */
export const RESTORE = selectorLabels("restore");
/** The collector on each node. */
export const COLLECTOR = selectorLabels("collector");
/** The pod that rehearses a recovery. */
export const DRILL = selectorLabels("drill");
/** The pod that leads requests to the canary, and judges it. */
export const ROLLOUT = selectorLabels("rollout");
/** The pod that checks whether a site serves after a failover. */
export const SMOKE_TEST = selectorLabels("smoke-test");
