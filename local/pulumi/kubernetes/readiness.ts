import { at, equal, list, object, text, type Props } from "../serve/values.ts";
import type { Client } from "./client.ts";

/** Judgement of an object: ready, in progress, or failed for good. */
export interface Verdict {
  readonly state: "ready" | "waiting" | "failed";
  readonly message: string;
}
export interface Wait {
  readonly waitedSeconds: number;
  /** The object before the update; undefined when it was created. */
  readonly before?: Props;
}
export type Check = (live: Props, client: Client, wait: Wait) => Verdict | Promise<Verdict>;

export const ready: Verdict = { state: "ready", message: "ready" };
export const waiting = (message: string): Verdict => ({ state: "waiting", message });
const failed = (message: string): Verdict => ({ state: "failed", message });

const count = (live: Props, ...path: string[]): number => Number(at(live, ...path) ?? 0);
export const condition = (live: Props, type: string): Props =>
  object(list(at(live, "status", "conditions")).find((item) => at(item, "type") === type));
const holds = (live: Props, type: string): boolean => condition(live, type).status === "True";

/** Whether the controller has seen the latest spec; before that, the status describes the old one. */
const observed = (live: Props): boolean =>
  count(live, "status", "observedGeneration") >= count(live, "metadata", "generation");
const replicas = (live: Props): number => Number(at(live, "spec", "replicas") ?? 1);

/** Never fails: a Deployment past its progress deadline may still get ready, so the wait lasts until the timeout. */
const deployment: Check = (live) => {
  if (!observed(live)) return waiting("the controller has not seen it yet");
  const wanted = replicas(live);
  const updated = count(live, "status", "updatedReplicas");
  const available = count(live, "status", "availableReplicas");
  if (updated < wanted) return waiting(`${updated}/${wanted} updated`);
  const old = count(live, "status", "replicas") - updated;
  if (available < wanted) return waiting(`${available}/${wanted} ready${old > 0 ? `, ${old} of the old version` : ""}`);
  return old > 0 ? waiting(`${old} old pods left`) : ready;
};

const statefulSet: Check = (live) => {
  const generation = count(live, "metadata", "generation");
  if (count(live, "status", "observedGeneration") < generation) return waiting("the controller has not seen it yet");
  const wanted = Number(at(live, "spec", "replicas") ?? 0);
  const {
    replicas: all,
    readyReplicas = 0,
    currentReplicas = 0,
    currentRevision,
    updateRevision,
  } = object(live.status);
  const running = Number(readyReplicas);
  if (Number(all ?? 0) !== wanted || running !== wanted) return waiting(`${running}/${wanted} ready`);
  if (generation > 1 && at(live, "spec", "updateStrategy", "type") === "OnDelete") return ready;
  const rolledOut = Boolean(currentRevision) && currentRevision === updateRevision;
  return rolledOut && Number(currentReplicas) === wanted
    ? ready
    : waiting(`${count(live, "status", "updatedReplicas")}/${wanted} updated`);
};

const daemonSet: Check = (live) => {
  if (!observed(live)) return waiting("the controller has not seen it yet");
  const wanted = count(live, "status", "desiredNumberScheduled");
  const updated = count(live, "status", "updatedNumberScheduled");
  const available = count(live, "status", "numberAvailable");
  if (at(live, "spec", "updateStrategy", "type") !== "OnDelete" && updated < wanted)
    return waiting(`${updated}/${wanted} updated`);
  return available < wanted ? waiting(`${available}/${wanted} ready`) : ready;
};

const finalReasons = ["BackoffLimitExceeded", "DeadlineExceeded"];

/** `collectJobConditionErrors`: only these reasons end the wait. Any other failure, a pod failure policy's among them, does not. */
const job: Check = (live) => {
  const { message, reason } = condition(live, "Failed");
  if (holds(live, "Failed") && finalReasons.includes(text(reason))) return failed(`[${text(reason)}] ${text(message)}`);
  const started = at(live, "status", "startTime") !== undefined;
  if (holds(live, "Complete") && started) return ready;
  const counts = `${count(live, "status", "active")} active, ${count(live, "status", "failed")} failed`;
  return waiting(holds(live, "Failed") ? `${counts}: ${text(message) || text(reason)}` : counts);
};

const pod: Check = (live) => {
  const phase = text(at(live, "status", "phase"));
  if (phase === "Succeeded" || holds(live, "Ready")) return ready;
  return phase === "Failed" ? failed(`phase Failed`) : waiting(`phase ${phase || "unknown"}`);
};

/** By its storage class: ready when bound, or at once when it binds with its first pod, which may come later in the program. */
const volumeClaim: Check = async (live, client, { before }) => {
  const phase = text(at(live, "status", "phase"));
  if (before && phase === "Bound") return ready;
  const name = text(at(live, "spec", "storageClassName"));
  const storageClass = name
    ? await client.get({ apiVersion: "storage.k8s.io/v1", kind: "StorageClass", name })
    : undefined;
  const wanted = storageClass?.volumeBindingMode === "WaitForFirstConsumer" ? "Pending" : "Bound";
  if (phase === wanted) return ready;
  return waiting(storageClass ? `phase ${phase || "unknown"}` : `no storage class ${name || "is the default"}`);
};

const quota: Check = (live) =>
  equal(at(live, "spec", "hard"), at(live, "status", "hard")) ? ready : waiting("the controller has not seen it yet");

const tokenType = "kubernetes.io/service-account-token";
const secretCheck: Check = (live) =>
  live.type !== tokenType || Object.keys(object(live.data)).length > 0 ? ready : waiting("it has no token yet");

interface Endpoints {
  /** Whether the API server has such a list. */
  readonly known: boolean;
  readonly ready: number;
  readonly pending: number;
}

async function endpointsOf(client: Client, namespace: string, name: string): Promise<Endpoints> {
  const query = { labelSelector: `kubernetes.io/service-name=${name}` };
  const slices = await client.list("discovery.k8s.io/v1", "EndpointSlice", namespace, query);
  const all = slices
    .flatMap((slice) => list(slice.endpoints))
    .filter((one) => at(one, "conditions", "terminating") !== true);
  const pending = all.filter((endpoint) => at(endpoint, "conditions", "ready") === false).length;
  return { known: slices.length > 0, ready: all.length - pending, pending };
}

const settleSeconds = 10;

/** Ready when none of its pods is unready. A Service without pods is ready too, after a moment for pods to appear. */
const serviceCheck: Check = async (live, client, { waitedSeconds }) => {
  const type = at(live, "spec", "type");
  if (type === "LoadBalancer" && list(at(live, "status", "loadBalancer", "ingress")).length === 0)
    return waiting("no load balancer address yet");
  const selects = Object.keys(object(at(live, "spec", "selector"))).length > 0;
  if (type === "ExternalName" || at(live, "spec", "clusterIP") === "None" || !selects) return ready;
  const { namespace, name } = object(live.metadata);
  const endpoints = await endpointsOf(client, text(namespace), text(name));
  if (endpoints.pending > 0) return waiting(`${endpoints.pending} pods behind it are not ready`);
  return endpoints.ready > 0 || (endpoints.known && waitedSeconds >= settleSeconds)
    ? ready
    : waiting("no pod behind it is ready");
};

const backendSeconds = 60;

/** Waits for its Services for a limited time, as they may never come, and for an address until the timeout. */
const ingress: Check = async (live, client, { waitedSeconds }) => {
  const paths = list(at(live, "spec", "rules")).flatMap((rule) => list(at(rule, "http", "paths")));
  const services = new Set(paths.map((path) => text(at(path, "backend", "service", "name"))).filter(Boolean));
  const namespace = text(at(live, "metadata", "namespace"));
  for (const name of waitedSeconds < backendSeconds ? services : []) {
    const target = await client.get({ apiVersion: "v1", kind: "Service", namespace, name });
    if (target && at(target, "spec", "type") === "ExternalName") continue;
    if (!(await endpointsOf(client, namespace, name)).known) return waiting(`nothing behind service ${name}`);
  }
  return list(at(live, "status", "loadBalancer", "ingress")).length > 0 ? ready : waiting("no address yet");
};

const phase =
  (...wanted: string[]): Check =>
  (live) => {
    const now = text(at(live, "status", "phase"));
    return wanted.includes(now) ? ready : waiting(`phase ${now || "unknown"}`);
  };

/** Rule for the readiness of a kind. */
export interface Rule {
  readonly timeoutSeconds: number;
  readonly check: Check;
  /** Whether the program's timeout does not apply. @default false */
  readonly fixed?: boolean;
  /** Whether each event restarts the timeout. @default false */
  readonly restarts?: boolean;
  /** Whether a refresh applies the rule too. @default false */
  readonly onRead?: boolean;
}

const minutes = (n: number): number => n * 60;
const workload = (check: Check): Rule => ({ timeoutSeconds: minutes(10), check, onRead: true });

/** `awaiters` of the official provider (await/awaiters.go). Namespaces and definitions are ready once they exist. */
const rules: Record<string, Rule> = {
  "apps Deployment": workload(deployment),
  "apps StatefulSet": workload(statefulSet),
  "apps DaemonSet": workload(daemonSet),
  "batch Job": { ...workload(job), restarts: true },
  " Pod": workload(pod),
  " Service": workload(serviceCheck),
  "networking.k8s.io Ingress": workload(ingress),
  " PersistentVolumeClaim": { timeoutSeconds: minutes(5), check: volumeClaim, fixed: true },
  " PersistentVolume": { timeoutSeconds: minutes(5), check: phase("Available", "Bound"), fixed: true },
  " ResourceQuota": { timeoutSeconds: minutes(1), check: quota, fixed: true },
  " Secret": { timeoutSeconds: 5, check: secretCheck, fixed: true },
};

/** Rule for this kind; undefined for kinds that are ready once they exist. */
export function readinessOf(live: Props): Rule | undefined {
  const apiVersion = text(live.apiVersion);
  const group = apiVersion.includes("/") ? apiVersion.split("/")[0] : "";
  return rules[`${group} ${text(live.kind)}`];
}
