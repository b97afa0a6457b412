import { at, list, object, text, type Props } from "../serve/values.ts";
import type { Client } from "./client.ts";

/** Where an object stands: ready, still on its way, or never going to be. */
export interface Verdict {
  readonly state: "ready" | "waiting" | "failed";
  readonly message: string;
}
export type Check = (live: Props, client: Client, waitedSeconds: number) => Verdict | Promise<Verdict>;

export const ready: Verdict = { state: "ready", message: "ready" };
export const waiting = (message: string): Verdict => ({ state: "waiting", message });
const failed = (message: string): Verdict => ({ state: "failed", message });

const count = (live: Props, ...path: string[]): number => Number(at(live, ...path) ?? 0);
export const condition = (live: Props, type: string): Props =>
  object(list(at(live, "status", "conditions")).find((item) => at(item, "type") === type));
const holds = (live: Props, type: string): boolean => condition(live, type).status === "True";

/** The controller has seen the latest spec; before that the status speaks of the old one. */
const observed = (live: Props): boolean =>
  count(live, "status", "observedGeneration") >= count(live, "metadata", "generation");
const replicas = (live: Props): number => Number(at(live, "spec", "replicas") ?? 1);

const deployment: Check = (live) => {
  const progressing = condition(live, "Progressing");
  if (!observed(live)) return waiting("the controller has not seen it yet");
  if (progressing.reason === "ProgressDeadlineExceeded") return failed(text(progressing.message));
  const wanted = replicas(live);
  const updated = count(live, "status", "updatedReplicas");
  const available = count(live, "status", "availableReplicas");
  if (updated < wanted) return waiting(`${updated}/${wanted} updated`);
  const old = count(live, "status", "replicas") - updated;
  if (available < wanted) return waiting(`${available}/${wanted} ready${old > 0 ? `, ${old} of the old version` : ""}`);
  return old > 0 ? waiting(`${old} old pods left`) : ready;
};

const statefulSet: Check = (live) => {
  if (!observed(live)) return waiting("the controller has not seen it yet");
  const wanted = replicas(live);
  const running = count(live, "status", "readyReplicas");
  if (running < wanted) return waiting(`${running}/${wanted} ready`);
  if (at(live, "spec", "updateStrategy", "type") === "OnDelete") return ready;
  const partition = count(live, "spec", "updateStrategy", "rollingUpdate", "partition");
  const updated = count(live, "status", "updatedReplicas");
  const rolledOut = partition > 0 || at(live, "status", "updateRevision") === at(live, "status", "currentRevision");
  return rolledOut || updated >= wanted ? ready : waiting(`${updated}/${wanted} updated`);
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

const job: Check = (live) => {
  if (holds(live, "Complete")) return ready;
  if (holds(live, "Failed")) return failed(text(condition(live, "Failed").message) || "failed");
  const suspended = at(live, "spec", "suspend") === true;
  return suspended
    ? ready
    : waiting(`${count(live, "status", "active")} active, ${count(live, "status", "failed")} failed`);
};

const pod: Check = (live) => {
  const phase = text(at(live, "status", "phase"));
  if (phase === "Succeeded" || holds(live, "Ready")) return ready;
  return phase === "Failed" ? failed(`phase Failed`) : waiting(`phase ${phase || "unknown"}`);
};

const volumeClaim: Check = async (live, client) => {
  const phase = text(at(live, "status", "phase"));
  if (phase === "Bound") return ready;
  if (phase === "Lost") return failed("its volume is lost");
  const classes = await client.list("storage.k8s.io/v1", "StorageClass", undefined, {});
  const wanted = at(live, "spec", "storageClassName");
  const isDefault = (item: Props) =>
    at(item, "metadata", "annotations", "storageclass.kubernetes.io/is-default-class") === "true";
  const found = classes.find((item) =>
    wanted === undefined ? isDefault(item) : at(item, "metadata", "name") === wanted,
  );
  // Such a claim is bound by the first pod that uses it, which may come after it in the same program.
  if (found?.volumeBindingMode === "WaitForFirstConsumer") return ready;
  return waiting(found ? `phase ${phase || "unknown"}` : `no storage class ${text(wanted) || "is the default"}`);
};

async function hasEndpoints(client: Client, namespace: string, name: string): Promise<boolean> {
  const query = { labelSelector: `kubernetes.io/service-name=${name}` };
  const slices = await client.list("discovery.k8s.io/v1", "EndpointSlice", namespace, query);
  const endpoints = slices.flatMap((slice) => list(slice.endpoints));
  return endpoints.some((endpoint) => at(endpoint, "conditions", "ready") !== false);
}

const serviceCheck: Check = async (live, client) => {
  const type = at(live, "spec", "type");
  const selector = object(at(live, "spec", "selector"));
  if (type === "ExternalName") return ready;
  if (type === "LoadBalancer" && list(at(live, "status", "loadBalancer", "ingress")).length === 0)
    return waiting("no load balancer address yet");
  if (at(live, "spec", "clusterIP") === "None" || Object.keys(selector).length === 0) return ready;
  const { namespace, name } = object(live.metadata);
  return (await hasEndpoints(client, text(namespace), text(name))) ? ready : waiting("no pod behind it is ready");
};

const ingressAddressSeconds = 60;

/** An address is waited for within bounds only, as a controller without a published address never gives one. */
const ingress: Check = async (live, client, waitedSeconds) => {
  const paths = list(at(live, "spec", "rules")).flatMap((rule) => list(at(rule, "http", "paths")));
  const services = new Set(paths.map((path) => text(at(path, "backend", "service", "name"))).filter(Boolean));
  const namespace = text(at(live, "metadata", "namespace"));
  for (const name of services) {
    const target = await client.get({ apiVersion: "v1", kind: "Service", namespace, name });
    if (target && at(target, "spec", "type") === "ExternalName") continue;
    if (!target || !(await hasEndpoints(client, namespace, name)))
      return waiting(`no ready pod behind service ${name}`);
  }
  if (list(at(live, "status", "loadBalancer", "ingress")).length > 0) return ready;
  return waitedSeconds < ingressAddressSeconds
    ? waiting("no address yet")
    : {
        state: "ready",
        message: `no ingress controller gave it an address within ${ingressAddressSeconds} s; not waiting longer`,
      };
};

const phase =
  (...wanted: string[]): Check =>
  (live) => {
    const now = text(at(live, "status", "phase"));
    return wanted.includes(now) ? ready : waiting(`phase ${now || "unknown"}`);
  };

const definition: Check = (live) => {
  const names = condition(live, "NamesAccepted");
  if (holds(live, "Established")) return ready;
  return names.status === "False" ? failed(text(names.message)) : waiting("not established yet");
};

interface Rule {
  readonly group: string;
  readonly timeoutSeconds: number;
  readonly check: Check;
}

const minutes = (n: number): number => n * 60;
const rules: Record<string, Rule> = {
  Deployment: { group: "apps", timeoutSeconds: minutes(10), check: deployment },
  StatefulSet: { group: "apps", timeoutSeconds: minutes(10), check: statefulSet },
  DaemonSet: { group: "apps", timeoutSeconds: minutes(10), check: daemonSet },
  Job: { group: "batch", timeoutSeconds: minutes(10), check: job },
  Pod: { group: "", timeoutSeconds: minutes(10), check: pod },
  PersistentVolumeClaim: { group: "", timeoutSeconds: minutes(5), check: volumeClaim },
  PersistentVolume: { group: "", timeoutSeconds: minutes(5), check: phase("Available", "Bound") },
  Service: { group: "", timeoutSeconds: minutes(10), check: serviceCheck },
  Ingress: { group: "networking.k8s.io", timeoutSeconds: minutes(10), check: ingress },
  Namespace: { group: "", timeoutSeconds: minutes(1), check: phase("Active") },
  CustomResourceDefinition: { group: "apiextensions.k8s.io", timeoutSeconds: minutes(1), check: definition },
};

/** How to tell that this kind of object is ready; nothing for kinds that are ready when they exist. */
export function readinessOf(live: Props): Rule | undefined {
  const apiVersion = text(live.apiVersion);
  const rule = rules[text(live.kind)];
  return rule?.group === (apiVersion.includes("/") ? apiVersion.split("/")[0] : "") ? rule : undefined;
}
