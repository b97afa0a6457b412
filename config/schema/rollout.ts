import type { z } from "zod";
import { choice, list, pattern, section, wholeNumber } from "./types.ts";

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
      ["rolling", "canary"],
      "rolling replaces pod by pod; canary first leads a part of the requests to the new version, and takes them back if it does worse. " +
        "Needs the mode gateway of acci:exposure, acci:monitoring, acci:slo and acci:backups.",
    ).default("rolling"),
    steps: list(
      section("A step.", {
        weight: wholeNumber(1, 100, "Percentage of the requests that the canary answers."),
        seconds: wholeNumber(10, 86_400, "How long."),
      }),
      "Steps of a canary, one after the other; 5, 20 and 50 % for five minutes each when unset.",
      "[{weight: 10, seconds: 300}]",
    ).optional(),
    judge: section("What a canary is judged by; the objectives are those of acci:slo.", {
      prometheus: pattern(
        /^[a-z0-9-]+\/[a-z0-9-]+:\d+$/,
        "namespace/service:port",
        "Prometheus that scrapes the application; its pods must have the label app.kubernetes.io/name: prometheus.",
        "monitoring/prometheus-operated:9090",
      ),
      minRequests: wholeNumber(
        1,
        1_000_000,
        "Fewest requests of the canary in a step that it can be judged by.",
      ).default(100),
      inconclusive: choice(
        ["fail", "pass"],
        "What becomes of a step that cannot be judged, for want of requests or of Prometheus: the canary is taken back, or goes on.",
      ).default("fail"),
    }).optional(),
  },
);

export const stepsOf = ({ steps }: Pick<z.output<typeof rollout>, "steps">) => steps ?? STEPS;
