import type { z } from "zod";
import { choice, list, map, pattern, section, wholeNumber } from "./types.ts";

/** Steps of a canary that names none. */
const STEPS = [
  { weight: 5, seconds: 300 },
  { weight: 20, seconds: 300 },
  { weight: 50, seconds: 300 },
];

export const rollout = section(
  "How a new version of the application takes the place of the one before; rolling when unset.",
  {
    strategy: choice(
      ["rolling", "canary", "blue-green"],
      "rolling replaces pod by pod; canary first leads a part of the requests to the new version, and takes them back if it does worse; " +
        "blue-green starts all pods of the new version, tries it without users, and leads all requests to it at once. " +
        "The latter two need the mode gateway of acci:exposure, acci:monitoring, acci:slo and acci:backups.",
    ).default("rolling"),
    steps: list(
      section("A step.", {
        weight: wholeNumber(1, 100, "Percentage of the requests that the canary answers."),
        seconds: wholeNumber(10, 86_400, "How long."),
      }),
      "Steps of a canary, one after the other, but for its bake; 5, 20 and 50 % for five minutes each when unset.",
      "[{weight: 10, seconds: 300}]",
    ).optional(),
    bake: wholeNumber(
      10,
      86_400,
      "Seconds in which the new version answers all requests while the stable release stands by; " +
        "600 for blue-green, and none for a canary, when unset.",
    ).optional(),
    judge: section("What a new version is judged by; the objectives are those of acci:slo.", {
      prometheus: pattern(
        /^[a-z0-9-]+\/[a-z0-9-]+:\d+$/,
        "namespace/service:port",
        "Prometheus that scrapes the application; its pods must have the label app.kubernetes.io/name: prometheus.",
        "monitoring/prometheus-operated:9090",
      ),
      minRequests: wholeNumber(
        1,
        1_000_000,
        "Fewest requests of the new version in a step that it can be judged by; what users do not make of them, the rollout makes itself.",
      ).default(100),
      path: pattern(
        /^\/[\w\-./~%]*$/,
        "a path that begins with /",
        "Path of the GET requests that the rollout makes itself; it must be one that http_requests_total counts.",
        "/api/notes",
      ).default("/"),
      headers: map(
        "Headers of these requests, not secret ones.",
        "{x-tenant-id: 00000000-0000-0000-0000-000000000000}",
      ).default({}),
      inconclusive: choice(
        ["fail", "pass"],
        "What becomes of a step that cannot be judged, for want of requests or of Prometheus: the new version is taken back, or goes on.",
      ).default("fail"),
    }).optional(),
  },
);

type Rollout = z.output<typeof rollout>;

/** A strategy by which the new version runs beside the stable one, and is judged. */
export type Judged = Rollout & { readonly strategy: "canary" | "blue-green" };

/** @returns undefined when the release is updated at once */
export const judgedOf = (rollout: Rollout | undefined): Judged | undefined =>
  rollout && rollout.strategy !== "rolling" ? (rollout as Judged) : undefined;

/** Seconds in which the new color is tried without users. */
const TRIAL_SECONDS = 60;
/** Seconds of a bake that is not given, of blue-green. */
const BAKE_SECONDS = 600;

/** What the new version goes through, its bake included. */
export function stepsOf({ bake, steps, strategy }: Pick<Judged, "bake" | "steps" | "strategy">) {
  if (strategy === "canary") return [...(steps ?? STEPS), ...(bake ? [{ weight: 100, seconds: bake }] : [])];
  const seconds = bake ?? BAKE_SECONDS;
  return [
    { weight: 0, seconds: Math.min(TRIAL_SECONDS, seconds) },
    { weight: 100, seconds },
  ];
}
