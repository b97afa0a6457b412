import * as pulumi from "@pulumi/pulumi";
import { type Cluster, connect } from "./cluster.ts";
import { diagnose, type Finding, isReady, type Pod, type PodEvent, redact, report } from "./pods.ts";
import { removeFailedJob } from "./failed-job.ts";
import { canUseHooks } from "../engine/hooks.ts";
import { openApi } from "../kubernetes/api.ts";
import { forgetRelease } from "../helm-history/unknown.ts";

export interface ObserverArgs {
  readonly namespace: string;
  readonly cluster: { readonly kubeconfig?: string; readonly context?: string };
  /** Values to mask in quoted logs. */
  readonly secrets: pulumi.Output<string[]>;
}

const INTERVAL_MS = 2000;

/** What is observed, and how its failure is told. */
export interface Target {
  /** Prefix of the names of its objects. */
  readonly name: string;
  readonly labelSelector: string;
  /** First sentence of a report, made from the provider's error. */
  readonly failure: (error: string) => string;
}

/** Helm says what it did; one that was refused did nothing. */
export const releaseFailure = (release: string) => (error: string) => {
  if (/has been rolled back/.test(error)) return `release ${release}: did not become ready and was rolled back`;
  if (/has been uninstalled/.test(error)) return `release ${release}: did not become ready and was removed again`;
  return `release ${release}: failed`;
};

/**
 * Hooks around a Helm release that say why it failed. The release itself only knows that time ran out, and a rolled-back release has
 * taken its pods with it; so they are watched while they live. One that the stack does not know of makes way first. Undefined where there is nothing to watch: in a preview, and with an engine
 * without hooks.
 */
export function observeRelease(release: string, args: ObserverArgs): pulumi.ResourceHookBinding | undefined {
  const hooks = observe(
    {
      name: release,
      labelSelector: `app.kubernetes.io/instance=${release}`,
      failure: releaseFailure(release),
    },
    args,
  );
  return withFirst(hooks, `${release}-known`, async () => {
    if (await forgetRelease(await openApi(args.cluster), args.namespace, release))
      await pulumi.log.warn(`release ${release}: is there, and the stack did not know of it; it is taken over`);
  });
}

/**
 * Hooks around a Job that say why it failed and show what it prints as it comes. A failed Job left by an earlier update is removed first.
 */
export function observeJob(name: string, args: ObserverArgs): pulumi.ResourceHookBinding | undefined {
  const hooks = observe(
    // The label that Kubernetes gives the pods of a Job: their own may be those of other pods as well.
    { name, labelSelector: `job-name=${name}`, failure: () => `job ${name}: failed` },
    args,
    (line) => void pulumi.log.info(`${name}: ${line}`),
  );
  return withFirst(hooks, `${name}-failed`, async () =>
    removeFailedJob(await openApi(args.cluster), args.namespace, name),
  );
}

/** The same for Jobs whose name ends with what they are for: they are found by the label of their pods. */
export const observeJobs = (name: string, args: ObserverArgs): pulumi.ResourceHookBinding | undefined =>
  observe(
    { name, labelSelector: `app.kubernetes.io/name=${name}`, failure: () => `job ${name}: failed` },
    args,
    (line) => void pulumi.log.info(`${name}: ${line}`),
  );

/** With something to do before the resource is made. */
function withFirst(
  hooks: pulumi.ResourceHookBinding | undefined,
  name: string,
  work: () => Promise<void>,
): pulumi.ResourceHookBinding | undefined {
  return hooks && { ...hooks, beforeCreate: [new pulumi.ResourceHook(name, work), ...(hooks.beforeCreate ?? [])] };
}

function observe(
  subject: Target,
  args: ObserverArgs,
  onLine?: (line: string) => void,
): pulumi.ResourceHookBinding | undefined {
  if (!canUseHooks()) return undefined;
  let secrets: string[] = [];
  args.secrets.apply((values) => (secrets = values));
  const show = onLine && ((line: string) => onLine(redact(line, secrets)));
  const observer = new Observer(() => connect(args.cluster), args.namespace, subject, show);
  const start = new pulumi.ResourceHook(`${subject.name}-observe`, () => observer.start(), { ignoreErrors: true });
  const stop = new pulumi.ResourceHook(`${subject.name}-observed`, () => observer.stop(), { ignoreErrors: true });
  const explain = new pulumi.ErrorHook(`${subject.name}-explain`, async ({ errors }) => {
    const message = await observer.explain(errors[0] ?? "", secrets).catch(() => undefined);
    if (message) await pulumi.log.error(message);
    return false;
  });
  return { beforeCreate: [start], beforeUpdate: [start], afterCreate: [stop], afterUpdate: [stop], onError: [explain] };
}

/** Keeps the last known state of every unready pod, and the log that explains it. */
export class Observer {
  readonly #connectTo: () => Promise<Cluster>;
  readonly #namespace: string;
  readonly #subject: Target;
  readonly #onLine: ((line: string) => void) | undefined;
  readonly #findings = new Map<string, Finding>();
  readonly #logs = new Map<string, string>();
  /** Last line shown of each pod. */
  readonly #shown = new Map<string, string>();
  /** What was to be seen before the update began, which it has not done. */
  readonly #before = { troubles: new Map<string, string>(), events: new Set<string>() };
  #cluster: Cluster | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(connectTo: () => Promise<Cluster>, namespace: string, subject: Target, onLine?: (line: string) => void) {
    this.#connectTo = connectTo;
    this.#namespace = namespace;
    this.#subject = subject;
    this.#onLine = onLine;
  }

  /** Records the present state, so that later reports leave it out. */
  async start(): Promise<void> {
    this.stop();
    this.#findings.clear();
    this.#logs.clear();
    await this.#remember().catch(() => undefined);
    const tick = async () => {
      // An observer must never fail what it observes; the next look may succeed.
      await this.look().catch(() => undefined);
      if (this.#timer) this.#timer = setTimeout(() => void tick(), INTERVAL_MS);
    };
    this.#timer = setTimeout(() => void tick(), INTERVAL_MS);
  }

  async #remember(): Promise<void> {
    const cluster = (this.#cluster ??= await this.#connectTo());
    const [pods, events] = await Promise.all([
      cluster.pods(this.#namespace, this.#subject.labelSelector),
      cluster.events(this.#namespace),
    ]);
    const troubles = pods.map((pod) => diagnose(pod)).filter((finding) => finding !== undefined);
    this.#before.troubles = new Map(troubles.map(({ pod, reason }) => [pod, reason]));
    this.#before.events = new Set(events.map(versionOf));
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** One look at the pods. */
  async look(): Promise<void> {
    const cluster = (this.#cluster ??= await this.#connectTo());
    for (const pod of await cluster.pods(this.#namespace, this.#subject.labelSelector)) {
      if (this.#onLine) await this.#follow(cluster, pod, this.#onLine);
      await this.#note(cluster, pod);
    }
  }

  /** What is known, as one message, or undefined when nothing was seen. */
  async explain(error: string, secrets: readonly string[]): Promise<string | undefined> {
    this.stop();
    const cluster = (this.#cluster ??= await this.#connectTo());
    const events = (await cluster.events(this.#namespace)).filter(
      (event) => concerns(event, this.#subject.name) && !this.#before.events.has(versionOf(event)),
    );
    const findings = [...this.#findings.values()].filter(
      ({ pod, reason }) => this.#before.troubles.get(pod) !== reason,
    );
    return report(this.#subject.failure(error), { findings, events, logs: this.#logs, secrets });
  }

  /** Shows what a pod printed since the last look. */
  async #follow(cluster: Cluster, { metadata, status }: Pod, onLine: (line: string) => void): Promise<void> {
    const name = metadata?.name ?? "";
    const container = status?.containerStatuses?.[0]?.name;
    if (!container) return;
    const lines = (await cluster.log(this.#namespace, name, container, false).catch(() => ""))
      .split("\n")
      .filter(Boolean);
    const seen = lines.lastIndexOf(this.#shown.get(name) ?? "");
    for (const line of lines.slice(seen + 1)) onLine(line);
    if (lines.length > 0) this.#shown.set(name, lines.at(-1)!);
  }

  async #note(cluster: Cluster, pod: Pod): Promise<void> {
    const name = pod.metadata?.name ?? "";
    const finding = diagnose(pod);
    if (!finding) {
      // A pod on its way down is no longer evidence of health.
      if (isReady(pod)) this.#findings.delete(name);
      return;
    }
    this.#findings.set(name, finding);
    if (!finding.container) return;
    const log = await cluster.log(this.#namespace, name, finding.container, finding.previous).catch(() => "");
    if (log !== "") this.#logs.set(`${name}/${finding.container}`, log);
  }
}

const versionOf = ({ metadata }: PodEvent): string => `${metadata?.uid} ${metadata?.resourceVersion}`;

/** The release's own objects start with its name: pods, and the ReplicaSets that could not create one. */
const concerns = (event: PodEvent, release: string): boolean => event.involvedObject.name?.startsWith(release) ?? false;
