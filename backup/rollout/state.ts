import { z } from "zod";
import { ANNOTATIONS } from "../contract/rollout.ts";
import type { Route } from "./objects.ts";

const requestsSchema = z.strictObject({
  count: z.number(),
  failed: z.number(),
  slow: z.number(),
  p95: z.number().optional(),
});

/** What was seen in a step until it was decided. */
export const stepSchema = z.strictObject({
  weight: z.int(),
  seconds: z.number(),
  verdict: z.enum(["for", "against", "open"]),
  /** @default - Prometheus did not tell */
  canary: requestsSchema.optional(),
  stable: requestsSchema.optional(),
});
export type StepRecord = z.infer<typeof stepSchema>;

/** Where a rollout is, as an annotation of the route: whoever goes on with it needs nothing else. */
export const stateSchema = z.strictObject({
  /** UID of the Job. */
  owner: z.string(),
  version: z.string(),
  startedAt: z.iso.datetime(),
  /** Steps that are over. */
  done: z.array(stepSchema),
  /** Since when the present step has its weight. @default - its pods are not ready yet */
  since: z.iso.datetime().optional(),
  decision: z.enum(["passed", "taken back"]).optional(),
  reasons: z.array(z.string()).optional(),
  /** What the stable release ran before. @default - it does not say */
  previous: z.string().optional(),
  /** The version before, whose pods stand by after a blue-green rollout. @default - none does */
  kept: z.string().optional(),
  /** When all requests were led back to the version before by hand, and how long that took. @default - never */
  switchedBack: z.strictObject({ at: z.iso.datetime(), seconds: z.number() }).optional(),
});
export type RolloutState = z.infer<typeof stateSchema>;

/** State in the route; undefined when there is none, or none that this version can read. */
export function stateOf({ metadata }: Route): RolloutState | undefined {
  const text = metadata.annotations?.[ANNOTATIONS.rollout];
  if (!text) return undefined;
  try {
    return stateSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

export const annotation = (state: RolloutState): Record<string, string> => ({
  [ANNOTATIONS.rollout]: JSON.stringify(stateSchema.parse(state)),
});
