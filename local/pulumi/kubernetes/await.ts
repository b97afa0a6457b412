import type { Context } from "../serve/provider.ts";
import { at, object, text, type Props } from "../serve/values.ts";
import type { Client, ObjectRef } from "./client.ts";
import { diagnose } from "./diagnose.ts";
import { idOf } from "./naming.ts";
import { readinessOf, type Rule, type Verdict } from "./readiness.ts";
import { isBuiltIn } from "./shape.ts";
import { waitForOf } from "./wait-for.ts";

const customTimeoutSeconds = 10 * 60;
/** Longest pause between two looks, and so the longest delay until readiness is seen; a look is one request. */
const longestPollMilliseconds = 500;

const annotationOf = (inputs: Props, name: string): string =>
  text(at(inputs, "metadata", "annotations", `pulumi.com/${name}`));
export const skipsAwait = (inputs: Props): boolean => annotationOf(inputs, "skipAwait") === "true";

export function timeoutOf(context: Context, inputs: Props, fallback: number): number {
  return context.timeoutSeconds || Number(annotationOf(inputs, "timeoutSeconds")) || fallback;
}

/** Sleeps, or returns at once when cancelled. */
export const sleep = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });

const labelOf = (ref: ObjectRef): string => `${ref.kind} ${idOf(ref.namespace, ref.name)}`;

export interface Waited {
  readonly live: Props;
  /** Reason why the object is not ready; undefined when it is. */
  readonly problem?: string;
}

/** The object as it was applied, and as it was before an update. */
export interface Start {
  readonly live: Props;
  readonly before?: Props;
}

function ruleOf(inputs: Props, live: Props): Rule | undefined {
  const own = waitForOf(inputs);
  return own ? { check: own, timeoutSeconds: customTimeoutSeconds } : readinessOf(live);
}

/** Waits until an object is ready; shows on the resource what it waits for. */
export async function awaitReady(
  client: Client,
  context: Context,
  ref: ObjectRef,
  inputs: Props,
  { before, live: applied }: Start,
): Promise<Waited> {
  const rule = skipsAwait(inputs) ? undefined : ruleOf(inputs, applied);
  if (!rule) return { live: applied };
  const timeout = rule.fixed ? rule.timeoutSeconds : timeoutOf(context, inputs, rule.timeoutSeconds);
  const clock = new WaitClock(rule.restarts === true);
  let live = applied;
  for (let pause = 300; ; pause = Math.min(pause * 1.5, longestPollMilliseconds)) {
    const verdict = await rule.check(live, client, { waitedSeconds: clock.waited, before });
    if (verdict.state === "ready") {
      context.log.status("");
      if (verdict.message !== "ready") context.log.warn(`${labelOf(ref)}: ${verdict.message}`);
      return { live };
    }
    const ended = endOf(verdict, context.signal, clock.silent, timeout);
    if (ended) return { live, problem: [`${labelOf(ref)}: ${ended}`, ...(await diagnose(client, live))].join("\n  ") };
    context.log.status(`waiting for ${labelOf(ref)}: ${verdict.message}`);
    await sleep(pause, context.signal);
    // An object that was deleted meanwhile is judged by its last state.
    const now = await retried(() => client.get(ref));
    clock.saw(now);
    live = now ?? live;
  }
}

const resyncSeconds = 60;

/** Time since the start, and since the last event. The timeout of a Job counts from the last event, resyncs included. */
class WaitClock {
  private readonly start = Date.now();
  private lastEvent = this.start;
  private version: unknown;
  private readonly restarts: boolean;

  constructor(restarts: boolean) {
    this.restarts = restarts;
  }

  get waited(): number {
    return (Date.now() - this.start) / 1000;
  }

  get silent(): number {
    return this.restarts ? (Date.now() - this.lastEvent) / 1000 : this.waited;
  }

  saw(live: Props | undefined): void {
    const version = at(live, "metadata", "resourceVersion");
    const changed = version !== this.version;
    this.version = version;
    if (live && (changed || this.silent >= resyncSeconds)) this.lastEvent = Date.now();
  }
}

function endOf({ state, message }: Verdict, signal: AbortSignal, waited: number, timeout: number): string | undefined {
  if (state === "failed") return `failed: ${message}`;
  if (signal.aborted) return `cancelled while waiting: ${message}`;
  return waited > timeout ? `not ready after ${Math.round(timeout)} s: ${message}` : undefined;
}

/** Judges an object once, by the rule of its kind, without waiting. */
export async function checkReady(
  client: Client,
  ref: ObjectRef,
  inputs: Props,
  live: Props,
): Promise<string | undefined> {
  const rule = skipsAwait(inputs) ? undefined : readinessOf(live);
  const verdict = await rule?.check(live, client, { waitedSeconds: Infinity });
  return !verdict || verdict.state === "ready" ? undefined : `${labelOf(ref)}: ${verdict.message}`;
}

/** The judgement of a refresh: workloads, and kinds that lead to them, but never by the program's own condition. */
export const checkRead = async (client: Client, ref: ObjectRef, inputs: Props, live: Props) =>
  readinessOf(live)?.onRead ? checkReady(client, ref, inputs, live) : undefined;

const skippable = ["Namespace", "Pod", "ReplicationController", "DaemonSet", "Deployment", "StatefulSet", "Job"];

/** Only for these kinds does the annotation apply to a deletion. */
export const skipsAwaitGone = (inputs: Props): boolean =>
  skipsAwait(inputs) && isBuiltIn(inputs) && skippable.includes(text(inputs.kind));

const deleteTimeoutSeconds = 10 * 60;

/** Waits until an object is gone. An object of the same name with another UID counts as gone. */
export async function awaitGone(client: Client, context: Context, ref: ObjectRef, inputs: Props): Promise<void> {
  const first = await client.get(ref);
  const uid = at(first, "metadata", "uid");
  const timeout = timeoutOf(context, inputs, deleteTimeoutSeconds);
  const start = Date.now();
  for (
    let live = first, pause = 200;
    live && at(live, "metadata", "uid") === uid;
    pause = Math.min(pause * 1.5, longestPollMilliseconds)
  ) {
    const why = blockersOf(live);
    if (context.signal.aborted) throw new Error(`${labelOf(ref)}: cancelled while it is being deleted${why}`);
    if (Date.now() - start > timeout * 1000)
      throw new Error(`${labelOf(ref)}: still there ${Math.round(timeout)} s after deletion${why}`);
    context.log.status(`waiting for ${labelOf(ref)} to be gone${why}`);
    await sleep(pause, context.signal);
    live = await retried(() => client.get(ref));
  }
  context.log.status("");
}

function blockersOf(live: Props): string {
  const { finalizers, deletionTimestamp } = object(live.metadata);
  const conditions = (object(live.status).conditions ?? []) as Props[];
  const remaining = conditions.filter(({ status }) => status === "True").map(({ message }) => text(message));
  if (live.kind === "Namespace" && remaining.length > 0) return `: ${remaining.join(" ")}`;
  if (Array.isArray(finalizers) && finalizers.length > 0) return `: finalizers ${finalizers.join(", ")}`;
  return deletionTimestamp ? "" : ": not marked for deletion";
}

/** Retries a call, so that a wait survives a short loss of the API server. */
async function retried<T>(call: () => Promise<T>, attempts = 5): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (attempts <= 1) throw error;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return retried(call, attempts - 1);
  }
}
