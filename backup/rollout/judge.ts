import type { RolloutPlan } from "../contract/rollout.ts";
import type { Measured, Requests } from "./measure.ts";

/** What is known of a step: without measures, why not. */
export interface Seen {
  readonly measured: Measured | undefined;
  readonly unknown?: string;
  /** What has happened to the canary's pods, such as a restart. */
  readonly troubles: readonly string[];
}

export type Verdict =
  | { readonly is: "against"; readonly reasons: readonly string[] }
  | { readonly is: "for" }
  | { readonly is: "open"; readonly reason: string };

type Limits = Pick<RolloutPlan, "minRequests" | "objectives" | "memoryBytes">;

/** A difference counts when chance alone would make it less often: once in a thousand looks. */
export const CHANCE = 0.001;
/** Part of its memory at which a pod is taken for one that will run out of it. */
const MEMORY = 0.9;

/**
 * The canary must not be worse than both the objectives and the stable release in the same time: what troubles both, such as the
 * database, is no fault of the canary's.
 */
export function judge({ measured, troubles, unknown }: Seen, limits: Limits): Verdict {
  const { memoryBytes, minRequests, objectives } = limits;
  const reasons = [...troubles];
  if (measured) {
    const { canary, memoryBytes: used = 0, stable } = measured;
    const tooMany = (what: "failed" | "slow", said: string) => {
      const allowed = Math.max(objectives[what], part(stable[what], stable.count));
      if (canary[what] > allowed * canary.count && tail(canary.count, canary[what], allowed) < CHANCE)
        reasons.push(
          `${said}: must be at most ${percent(allowed)} of its requests, got ${percent(part(canary[what], canary.count))} (${canary[what]} of ${canary.count})`,
        );
    };
    tooMany("failed", "failed requests of the canary");
    tooMany("slow", `requests of the canary that took longer than ${objectives.slowSeconds} s`);
    if (used > MEMORY * memoryBytes)
      reasons.push(
        `memory of a pod of the canary: must be at most ${percent(MEMORY)} of its limit, got ${percent(used / memoryBytes)}`,
      );
  }
  if (reasons.length > 0) return { is: "against", reasons };
  if (!measured) return { is: "open", reason: unknown ?? "nothing was measured" };
  if (measured.canary.count < minRequests)
    return { is: "open", reason: `${measured.canary.count} requests of the canary, fewer than ${minRequests}` };
  return { is: "for" };
}

/** Some of all, where there may be none. */
export const part = (some: number, all: number) => (all > 0 ? some / all : 0);

/** Probability that of `n` requests `k` or more are bad when each is with probability `p`: the upper tail of the binomial distribution. */
export function tail(n: number, k: number, p: number): number {
  const [trials, least] = [Math.round(n), Math.round(k)];
  if (least <= 0 || p >= 1) return 1;
  if (least > trials || p <= 0) return 0;
  // In logarithms, because the terms of many requests are too small for a number.
  const odds = Math.log(p) - Math.log1p(-p);
  let term = trials * Math.log1p(-p);
  let [below, above] = [0, 0];
  for (let i = 0; i <= trials; i++) {
    if (i < least) below += Math.exp(term);
    else above += Math.exp(term);
    term += Math.log(trials - i) - Math.log(i + 1) + odds;
  }
  return Math.min(1, above / (above + below));
}

export const percent = (share: number) => `${Number((share * 100).toFixed(2))} %`;

/** Figures of a release, for a person. */
export const figures = (name: string, { count, failed, p95, slow }: Requests): string =>
  `${name} ${count} requests, ${percent(part(failed, count))} failed, ${percent(part(slow, count))} slow` +
  (p95 === undefined ? "" : `, p95 ${Math.round(p95 * 1000)} ms`);
