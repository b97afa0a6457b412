import type { Context } from "../serve/provider.ts";
import { at, object, text, type Props } from "../serve/values.ts";
import type { Client, ObjectRef } from "./client.ts";
import { diagnose } from "./diagnose.ts";
import { idOf } from "./naming.ts";
import { readinessOf, type Check, type Verdict } from "./readiness.ts";
import { waitForOf } from "./wait-for.ts";

const customTimeoutSeconds = 10 * 60;
const longestPollMilliseconds = 2000;

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
  /** Why it is not ready; nothing when it is. */
  readonly problem?: string;
}

function ruleOf(inputs: Props, live: Props): { check: Check; timeoutSeconds: number } | undefined {
  const own = waitForOf(inputs);
  const builtIn = readinessOf(live);
  return own ? { check: own, timeoutSeconds: builtIn?.timeoutSeconds ?? customTimeoutSeconds } : builtIn;
}

/** Waits until an object is ready, saying on the resource what it is waiting for. */
export async function awaitReady(
  client: Client,
  context: Context,
  ref: ObjectRef,
  inputs: Props,
  applied: Props,
): Promise<Waited> {
  const rule = skipsAwait(inputs) ? undefined : ruleOf(inputs, applied);
  if (!rule) return { live: applied };
  const timeout = timeoutOf(context, inputs, rule.timeoutSeconds);
  const start = Date.now();
  let live = applied;
  for (let pause = 300; ; pause = Math.min(pause * 1.5, longestPollMilliseconds)) {
    const waited = (Date.now() - start) / 1000;
    const verdict = await rule.check(live, client, waited);
    if (verdict.state === "ready") {
      context.log.status("");
      if (verdict.message !== "ready") context.log.warn(`${labelOf(ref)}: ${verdict.message}`);
      return { live };
    }
    const ended = endOf(verdict, context.signal, waited, timeout);
    if (ended) return { live, problem: [`${labelOf(ref)}: ${ended}`, ...(await diagnose(client, live))].join("\n  ") };
    context.log.status(`waiting for ${labelOf(ref)}: ${verdict.message}`);
    await sleep(pause, context.signal);
    const now = await retried(() => client.get(ref));
    if (!now) return { live, problem: `${labelOf(ref)}: was deleted while waiting for it` };
    live = now;
  }
}

function endOf({ state, message }: Verdict, signal: AbortSignal, waited: number, timeout: number): string | undefined {
  if (state === "failed") return `failed: ${message}`;
  if (signal.aborted) return `cancelled while waiting: ${message}`;
  return waited > timeout ? `not ready after ${Math.round(timeout)} s: ${message}` : undefined;
}

/** One look, without waiting: for a refresh. */
export async function checkReady(
  client: Client,
  ref: ObjectRef,
  inputs: Props,
  live: Props,
): Promise<string | undefined> {
  const rule = skipsAwait(inputs) ? undefined : ruleOf(inputs, live);
  const verdict = await rule?.check(live, client, Infinity);
  return !verdict || verdict.state === "ready" ? undefined : `${labelOf(ref)}: ${verdict.message}`;
}

const deleteTimeoutSeconds = 10 * 60;

/** Waits until an object is gone; one of the same name with another identity counts as gone. */
export async function awaitGone(client: Client, context: Context, ref: ObjectRef, inputs: Props): Promise<void> {
  const first = await client.get(ref);
  const uid = at(first, "metadata", "uid");
  const timeout = timeoutOf(context, inputs, deleteTimeoutSeconds);
  const start = Date.now();
  for (
    let live = first, pause = 200;
    live && at(live, "metadata", "uid") === uid;
    pause = Math.min(pause * 1.5, 2000)
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

/** A wait outlives a short loss of the API server. */
async function retried<T>(call: () => Promise<T>, attempts = 5): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (attempts <= 1) throw error;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return retried(call, attempts - 1);
  }
}
