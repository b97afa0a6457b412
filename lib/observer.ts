import * as pulumi from "@pulumi/pulumi";
import { type Cluster, connect } from "./cluster";
import { diagnose, type Finding, type Pod, type PodEvent, report } from "./diagnosis";
import { canUseHooks } from "./hooks";

export interface ObserverArgs {
  readonly namespace: string;
  readonly cluster: { readonly kubeconfig?: string; readonly context?: string };
  /** Masked should a log quote them. */
  readonly secrets: pulumi.Output<string[]>;
}

const INTERVAL_MS = 2000;

/**
 * Hooks around a Helm release that say why it failed. The release itself only knows that time ran out, and a rolled-back release has
 * taken its pods with it; so they are watched while they live. Undefined where there is nothing to watch: in a preview, and with an engine
 * without hooks.
 */
export function observeRelease(release: string, args: ObserverArgs): pulumi.ResourceHookBinding | undefined {
  if (!canUseHooks()) return undefined;
  let secrets: string[] = [];
  args.secrets.apply((values) => (secrets = values));
  const observer = new Observer(() => connect(args.cluster), args.namespace, release);
  const start = new pulumi.ResourceHook(`${release}-observe`, () => observer.start(), { ignoreErrors: true });
  const stop = new pulumi.ResourceHook(`${release}-observed`, () => observer.stop(), { ignoreErrors: true });
  const explain = new pulumi.ErrorHook(`${release}-explain`, async () => {
    const message = await observer.explain(secrets).catch(() => undefined);
    if (message) await pulumi.log.error(message);
    return false;
  });
  return { beforeCreate: [start], beforeUpdate: [start], afterCreate: [stop], afterUpdate: [stop], onError: [explain] };
}

/** Keeps the last known state of every unready pod of a release, and the log that explains it. */
export class Observer {
  private readonly findings = new Map<string, Finding>();
  private readonly logs = new Map<string, string>();
  private cluster: Cluster | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly connectTo: () => Promise<Cluster>,
    private readonly namespace: string,
    private readonly release: string,
  ) {}

  start(): void {
    this.stop();
    this.findings.clear();
    this.logs.clear();
    const tick = async () => {
      // What cannot be seen this time may be seen the next; an observer must never fail what it observes.
      await this.look().catch(() => undefined);
      if (this.timer) this.timer = setTimeout(() => void tick(), INTERVAL_MS);
    };
    this.timer = setTimeout(() => void tick(), INTERVAL_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** One look at the pods. */
  async look(): Promise<void> {
    const cluster = (this.cluster ??= await this.connectTo());
    for (const pod of await cluster.pods(this.namespace, `app.kubernetes.io/instance=${this.release}`))
      await this.note(cluster, pod);
  }

  /** What is known, as one message, or undefined when nothing was seen. */
  async explain(secrets: readonly string[]): Promise<string | undefined> {
    this.stop();
    const cluster = (this.cluster ??= await this.connectTo());
    const events = (await cluster.events(this.namespace)).filter((event) => concerns(event, this.release));
    return report(this.release, { findings: [...this.findings.values()], events, logs: this.logs, secrets });
  }

  private async note(cluster: Cluster, pod: Pod): Promise<void> {
    const name = pod.metadata?.name ?? "";
    const finding = diagnose(pod);
    if (!finding) {
      // A pod on its way down is no longer evidence of health.
      if (pod.status?.conditions?.some((c) => c.type === "Ready" && c.status === "True")) this.findings.delete(name);
      return;
    }
    this.findings.set(name, finding);
    if (!finding.container) return;
    const log = await cluster.log(this.namespace, name, finding.container, finding.previous).catch(() => "");
    if (log !== "") this.logs.set(`${name}/${finding.container}`, log);
  }
}

/** The release's own objects start with its name: pods, and the ReplicaSets that could not create one. */
const concerns = (event: PodEvent, release: string): boolean => event.involvedObject.name?.startsWith(release) ?? false;
