import type { Amount } from "../kubernetes/resources.ts";

/** The parts of Kubernetes' objects that a diagnosis reads; the client's own types satisfy them. */
export interface Pod {
  readonly metadata?: { readonly name?: string; readonly deletionTimestamp?: Date | string };
  readonly spec?: { readonly containers: readonly Container[] };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

interface Container {
  readonly name: string;
  readonly image?: string;
  readonly resources?: { readonly limits?: Partial<Amount>; readonly requests?: Partial<Amount> };
}

export const isReady = ({ status }: Pod): boolean =>
  status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True") === true;

export interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: { readonly exitCode: number; readonly reason?: string; readonly message?: string };
  readonly running?: object;
}

export interface PodEvent {
  /** The resourceVersion changes when the same event happens again. */
  readonly metadata?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly involvedObject: { readonly name?: string };
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface Finding {
  readonly pod: string;
  /** @default - the pod as a whole */
  readonly container?: string;
  readonly reason: string;
  /** Whether the log of the container's previous run is the one to read. */
  readonly previous: boolean;
}

/** Waiting reasons that pass by themselves in a healthy start. */
const STARTING = ["ContainerCreating", "PodInitializing"];

/** What keeps one pod from being ready, or undefined when nothing does. The first container in trouble, in order of start. */
export function diagnose(pod: Pod): Finding | undefined {
  // Left from a try before this one, and on its way out.
  if (pod.metadata?.deletionTimestamp) return undefined;
  const name = pod.metadata?.name ?? "";
  const { status } = pod;
  const unscheduled = status?.conditions?.find((c) => c.type === "PodScheduled" && c.status === "False");
  if (unscheduled)
    return { pod: name, reason: `not scheduled: ${unscheduled.message ?? "no reason given"}`, previous: false };

  for (const [kind, containers] of [
    ["init container", status?.initContainerStatuses ?? []],
    ["container", status?.containerStatuses ?? []],
  ] as const) {
    for (const container of containers) {
      const trouble = containerTrouble(container, kind === "init container");
      if (trouble)
        return {
          pod: name,
          container: container.name,
          ...trouble,
          reason: `${kind} ${container.name}: ${trouble.reason}`,
        };
    }
  }
  return undefined;
}

function containerTrouble(status: ContainerStatus, init: boolean): Pick<Finding, "reason" | "previous"> | undefined {
  const { waiting, terminated } = status.state ?? {};
  if (waiting?.reason && !STARTING.includes(waiting.reason)) {
    const last = status.lastState?.terminated;
    const details = last ? ending(last, status.restartCount) : waiting.message;
    return { reason: details ? `${waiting.reason}, ${details}` : waiting.reason, previous: last !== undefined };
  }
  if (terminated && terminated.exitCode !== 0) {
    return { reason: ending(terminated, status.restartCount), previous: false };
  }
  if (status.state?.running && !status.ready && !init) {
    const last = status.lastState?.terminated;
    return {
      reason: last ? `running but not ready, ${ending(last, status.restartCount)}` : "running but not ready",
      previous: false,
    };
  }
  return undefined;
}

function ending({ exitCode, reason }: { exitCode: number; reason?: string }, restarts: number): string {
  const why = reason && reason !== "Error" ? ` (${reason})` : "";
  return `exit code ${exitCode}${why}, ${restarts} ${restarts === 1 ? "restart" : "restarts"}`;
}

export interface Evidence {
  readonly findings: readonly Finding[];
  readonly events: readonly PodEvent[];
  /** Last lines by `pod/container`. */
  readonly logs: ReadonlyMap<string, string>;
  readonly secrets: readonly string[];
}

const EVENTS_SHOWN = 3;
/** Kubelet's messages repeat the image and its digest several times over. */
const LINE_LENGTH = 300;

/** One message for an operator, or undefined when nothing was seen. Pods that fail alike are told once. */
export function report(failure: string, { findings, events, logs, secrets }: Evidence): string | undefined {
  const warnings = events.filter((event) => event.type === "Warning");
  const alike = new Map(findings.map((finding) => [finding.reason.split(",")[0], finding]));
  const blocks = [...alike.values()].map((finding) => {
    const own = warnings.filter((event) => event.involvedObject.name === finding.pod);
    const log = finding.container ? logs.get(`${finding.pod}/${finding.container}`) : undefined;
    return [cut(`pod ${finding.pod}, ${finding.reason}`), ...eventLines(own), ...logLines(log)].join("\n    ");
  });
  // Without a pod the cause is above it: a quota, a policy, an admission webhook.
  const above = findings.length === 0 ? eventLines(warnings) : [];
  if (blocks.length === 0 && above.length === 0) return undefined;
  const lines = blocks.length > 0 ? blocks : above;
  return redact(`${failure}\n  ${lines.join("\n  ")}`, secrets);
}

function eventLines(events: readonly PodEvent[]): string[] {
  const lines = events.map((event) => cut(`event ${event.reason ?? ""}: ${event.message ?? ""}`.trim()));
  return [...new Set(lines)].slice(-EVENTS_SHOWN);
}

function logLines(log: string | undefined): string[] {
  return (log ?? "")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => `log ${line}`);
}

/** Both ends stay: the first says what failed, the last why. */
function cut(line: string): string {
  const half = LINE_LENGTH / 2;
  return line.length > LINE_LENGTH ? `${line.slice(0, half)} … ${line.slice(-half)}` : line;
}

/** A program under way to its death may print what it was given; known secrets and passwords in URLs are masked. */
export function redact(text: string, secrets: readonly string[]): string {
  const known = secrets
    .filter((secret) => secret.length > 0)
    .reduce((masked, secret) => masked.replaceAll(secret, "[secret]"), text);
  return known.replace(/(\w+:\/\/[^\s:/@]*:)[^\s@/]+@/g, "$1[secret]@");
}
