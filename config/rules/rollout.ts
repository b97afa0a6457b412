import { type Judged, judgedOf, stepsOf } from "../schema/rollout.ts";
import type { Values } from "../schema.ts";

/** Steps of fewer scrapes than this say nothing. */
const SCRAPES = 2;
/** More than this would let the autoscaler shrink the stable release, which gets all requests back at once. */
const MOST_WITH_AUTOSCALING = 50;

export function rolloutRules(values: Values): string[] {
  const { rollout } = values;
  if (!rollout) return [];
  const judged = judgedOf(rollout);
  if (!judged)
    return (["steps", "bake", "judge"] as const)
      .filter((key) => rollout[key] !== undefined)
      .map(
        (key) =>
          `acci:rollout.${key}: must be unset when acci:rollout.strategy is rolling, got a value; remove it, or set the strategy to canary`,
      );
  return [
    ...needs(values, judged),
    ...(judged.strategy === "canary" ? stepRules(values, judged) : colorRules(values, judged)),
    ...scrapeRules(values, judged),
  ];
}

function needs({ backups, exposure, monitoring, slo }: Values, { judge, strategy }: Judged): string[] {
  const missing = (key: string, isThere: boolean, cure: string) =>
    isThere
      ? []
      : [`acci:rollout.strategy: ${strategy} needs ${key}, got none; ${cure}, or set the strategy to rolling`];
  return [
    ...(exposure.mode === "gateway"
      ? []
      : [
          `acci:rollout.strategy: ${strategy} needs acci:exposure.mode gateway, whose routes have weights, got ingress; ` +
            "set the mode to gateway, or the strategy to rolling",
        ]),
    ...missing("acci:rollout.judge.prometheus", judge !== undefined, "name the Prometheus that judges it"),
    ...missing("acci:monitoring", monitoring !== undefined, "set it, for example to {}"),
    ...missing("acci:slo", slo !== undefined, "set the objectives that it must keep to, for example to {}"),
    ...missing("acci:backups", backups !== undefined, "set it: the image of its tools has what rolls out"),
  ];
}

function stepRules({ application }: Values, rollout: Judged): string[] {
  const weights = stepsOf(rollout).map(({ weight }) => weight);
  const shown = weights.join(", ");
  const problems: string[] = [];
  if (weights.some((weight, i) => i > 0 && weight <= weights[i - 1]!))
    problems.push(
      `acci:rollout.steps: must have rising weights, got ${shown}; order them, and leave out what is there twice`,
    );
  if (application.autoscaling && Math.max(...weights) > MOST_WITH_AUTOSCALING)
    problems.push(
      `acci:rollout.steps: must have weights of at most ${MOST_WITH_AUTOSCALING} with acci:application.autoscaling, got ${shown}; ` +
        "lower them, and leave out a bake: the stable release would be scaled down, and then gets all requests back",
    );
  return problems;
}

function colorRules({ application }: Values, { steps }: Judged): string[] {
  return [
    ...(steps
      ? [
          "acci:rollout.steps: must be unset when acci:rollout.strategy is blue-green, got a value; remove it, and set bake",
        ]
      : []),
    ...(application.autoscaling
      ? [
          "acci:rollout.strategy: blue-green needs a fixed number of pods, got acci:application.autoscaling; set the strategy to canary: " +
            "the color that stands by would be scaled down, and then gets all requests back",
        ]
      : []),
  ];
}

function scrapeRules({ monitoring }: Values, rollout: Judged): string[] {
  const least = SCRAPES * secondsOf(monitoring?.interval ?? "30s");
  const shortest = Math.min(...stepsOf(rollout).map(({ seconds }) => seconds));
  const key = rollout.strategy === "canary" ? "steps" : "bake";
  return shortest < least
    ? [
        `acci:rollout.${key}: must last at least ${least} s, ${SCRAPES} scrapes of acci:monitoring.interval, got ${shortest}; make ${key === "steps" ? "them" : "it"} longer`,
      ]
    : [];
}

const secondsOf = (interval: string) => Number.parseInt(interval, 10) * (interval.endsWith("m") ? 60 : 1);
