import { z } from "zod";

/** Releases of the application's chart. Their Deployments, Services and jobs in Prometheus have the same names, and so has the route of the first. */
export const RELEASES = { stable: "acci-framework", canary: "acci-framework-canary" } as const;

/** Annotations of the pods, for what they run, and of the route, for where its rollout is. */
export const ANNOTATIONS = { version: "acci.dev/version", rollout: "acci.dev/rollout" } as const;

/** Header that leads a request to the canary while there is one, and its value. */
export const CANARY_HEADER = { name: "x-acci-canary", value: "always" } as const;

const count = z.int().positive();

export const rolloutPlanSchema = z.strictObject({
  steps: z.array(z.strictObject({ weight: count.max(100), seconds: count })).readonly(),
  /** How long the pods of a step may take to be ready. */
  readySeconds: count,
  /** URL of the Prometheus that scrapes both releases. */
  prometheus: z.string(),
  /** Fewest requests of the canary in a step that it can be judged by. */
  minRequests: count,
  /** What a step is worth that could not be judged. */
  inconclusive: z.enum(["fail", "pass"]),
  /** Parts of the requests that may fail, and that may take longer than so many seconds. */
  objectives: z.strictObject({ failed: z.number(), slow: z.number(), slowSeconds: z.number() }),
  /** Memory that one pod may have. */
  memoryBytes: count,
});
export type RolloutPlan = z.infer<typeof rolloutPlanSchema>;

/** A step that cannot be judged when it is over gets as much time again. */
export const EXTENDED = 2;

/** Seconds for the Kubernetes API to be away, and for a pod that was moved. */
const SPARE_SECONDS = 600;

/** Seconds after which a rollout is over, whatever happens. */
export const longestSeconds = ({ readySeconds, steps }: Pick<RolloutPlan, "steps" | "readySeconds">): number =>
  steps.reduce((sum, { seconds }) => sum + EXTENDED * seconds + readySeconds, 0) + SPARE_SECONDS;
