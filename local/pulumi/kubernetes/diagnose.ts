import { at, list, object, text, type Props } from "../serve/values.ts";
import type { Client } from "./client.ts";
import { condition } from "./readiness.ts";

const maxPods = 2;
const maxEvents = 3;
const logLines = 10;

/** Reasons why an object is not ready, one per line: its pods, the waiting or termination reasons of their containers, events, logs. */
export async function diagnose(client: Client, live: Props): Promise<string[]> {
  try {
    const pods = await podsOf(client, live);
    const unready = pods.filter(
      (pod) => condition(pod, "Ready").status !== "True" && at(pod, "status", "phase") !== "Succeeded",
    );
    const findings = await Promise.all(unready.slice(0, maxPods).map((pod) => diagnosePod(client, pod)));
    const events = live.kind === "Pod" ? [] : await eventsOf(client, live);
    const more = unready.length > maxPods ? [`and ${unready.length - maxPods} more pods not ready`] : [];
    return [...events, ...findings.flat(), ...more];
  } catch {
    return []; // a diagnosis that fails must not hide what it was for
  }
}

async function podsOf(client: Client, live: Props): Promise<Props[]> {
  if (live.kind === "Pod") return [live];
  const selector = live.kind === "Service" ? at(live, "spec", "selector") : at(live, "spec", "selector", "matchLabels");
  const labels = Object.entries(object(selector)).map(([key, value]) => `${key}=${String(value)}`);
  if (labels.length === 0) return [];
  const pods = await client.list("v1", "Pod", text(at(live, "metadata", "namespace")), {
    labelSelector: labels.join(","),
  });
  const created = (pod: Props) => text(at(pod, "metadata", "creationTimestamp"));
  return pods.sort((a, b) => created(b).localeCompare(created(a)));
}

async function eventsOf(client: Client, live: Props): Promise<string[]> {
  const { namespace, uid } = object(live.metadata);
  const query = { fieldSelector: `involvedObject.uid=${text(uid)}` };
  const events = await client.list("v1", "Event", text(namespace) || "default", query);
  const time = (event: Props) => text(event.lastTimestamp) || text(event.eventTime);
  return events
    .filter((event) => event.type === "Warning")
    .sort((a, b) => time(a).localeCompare(time(b)))
    .slice(-maxEvents)
    .map((event) => `event ${text(event.reason)}: ${text(event.message).trim()}`);
}

async function diagnosePod(client: Client, pod: Props): Promise<string[]> {
  const name = text(at(pod, "metadata", "name"));
  const namespace = text(at(pod, "metadata", "namespace"));
  const scheduled = condition(pod, "PodScheduled");
  const unscheduled = scheduled.status === "False" ? [`pod ${name}: ${text(scheduled.message)}`] : [];
  const statuses = [
    ...list(at(pod, "status", "initContainerStatuses")),
    ...list(at(pod, "status", "containerStatuses")),
  ];
  const containers = statuses
    .map(object)
    .filter((status) => status.ready !== true && at(status, "state", "terminated", "exitCode") !== 0);
  const findings = await Promise.all(
    containers.map(async (status) => [
      `pod ${name}: container ${text(status.name)} ${stateOf(status)}`,
      ...(await logOf(client, namespace, name, status)),
    ]),
  );
  const events = (await eventsOf(client, pod)).map((event) => `pod ${name}: ${event}`);
  return [...unscheduled, ...findings.flat(), ...events];
}

function stateOf(status: Props): string {
  const { waiting, terminated } = object(status.state);
  const last = object(at(status, "lastState", "terminated"));
  const died = Object.keys(last).length > 0 ? `, last ended with ${ending(last)}` : "";
  const restarts = Number(status.restartCount ?? 0);
  const restarted = restarts > 0 ? `, restarted ${restarts} times` : "";
  if (waiting)
    return `waits: ${[text(at(waiting, "reason")), text(at(waiting, "message"))].filter(Boolean).join(": ")}${died}${restarted}`;
  if (terminated) return `ended with ${ending(object(terminated))}${restarted}`;
  return `runs but is not ready${died}${restarted}`;
}

const ending = (terminated: Props): string =>
  [text(terminated.reason), `exit code ${String(terminated.exitCode)}`, text(terminated.message)]
    .filter(Boolean)
    .join(", ");

/** Last lines of a container's log; of its previous run when it has been restarted. */
async function logOf(client: Client, namespace: string, pod: string, status: Props): Promise<string[]> {
  if (!status.containerID && !at(status, "lastState", "terminated")) return [];
  const query = { container: text(status.name), tailLines: String(logLines) };
  const previous =
    Number(status.restartCount ?? 0) > 0 ? await client.log(namespace, pod, { ...query, previous: "true" }) : "";
  const log = previous || (await client.log(namespace, pod, query));
  return log
    .split("\n")
    .filter(Boolean)
    .map((line) => `  ${text(status.name)} | ${line}`);
}
