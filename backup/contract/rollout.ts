import { z } from "zod";

/** Releases of the application's chart. Their Deployments, Services and jobs in Prometheus have the same names, and so has the route of the first. */
export const RELEASES = { stable: "acci-framework", canary: "acci-framework-canary" } as const;

/** ConfigMap with what the stable release ran before a blue-green rollout: the settings as data, the pods' template as an annotation. */
export const PREVIOUS = "acci-framework-previous";

/** Annotations of the pods, for what they run, of the route, for where its rollout is, and of {@link PREVIOUS}, for how to run it again. */
export const ANNOTATIONS = {
  version: "acci.dev/version",
  rollout: "acci.dev/rollout",
  template: "acci.dev/template",
} as const;

/** Version of a release that was deployed before it had a rollout, and so does not say it. */
export const UNNAMED = "unnamed";

/** Header that leads a request to the canary while there is one, and its value. */
export const CANARY_HEADER = { name: "x-acci-canary", value: "always" } as const;

const count = z.int().positive();

export const rolloutPlanSchema = z.strictObject({
  strategy: z.enum(["canary", "blue-green"]),
  /** Without a weight, only requests with the header reach the new version. */
  steps: z.array(z.strictObject({ weight: z.int().min(0).max(100), seconds: count })).readonly(),
  /** How long the pods of a step may take to be ready. */
  readySeconds: count,
  /** URL of the Prometheus that scrapes both releases. */
  prometheus: z.string(),
  /** Fewest requests of the canary in a step that it can be judged by; where users send fewer, the rollout makes the others itself. */
  minRequests: count,
  /** Path and headers of the requests that it makes itself. */
  path: z.string(),
  headers: z.record(z.string(), z.string()),
  /** What a step is worth that could not be judged. */
  inconclusive: z.enum(["fail", "pass"]),
  /** Parts of the requests that may fail, and that may take longer than so many seconds. */
  objectives: z.strictObject({ failed: z.number(), slow: z.number(), slowSeconds: z.number() }),
  /** Memory that one pod may have. */
  memoryBytes: count,
});
export type RolloutPlan = z.infer<typeof rolloutPlanSchema>;

/** Whether the new version has all requests at the end, and keeps them until the stable release runs it too. */
export const holds = ({ steps }: Pick<RolloutPlan, "steps">): boolean => steps.at(-1)?.weight === 100;

/** A step that cannot be judged when it is over gets as much time again. */
export const EXTENDED = 2;

/** Seconds for the Kubernetes API to be away, and for a pod that was moved. */
const SPARE_SECONDS = 600;

/** Seconds after which a rollout is over, whatever happens. */
export const longestSeconds = ({ readySeconds, steps }: Pick<RolloutPlan, "steps" | "readySeconds">): number =>
  steps.reduce((sum, { seconds }) => sum + EXTENDED * seconds + readySeconds, 0) + SPARE_SECONDS;
