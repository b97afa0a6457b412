import { stepsOf } from "../schema/rollout.ts";
import type { Values } from "../schema.ts";

/** Steps of fewer scrapes than this say nothing. */
const SCRAPES = 2;
/** More than this would let the autoscaler shrink the stable release, which gets all requests back at once. */
const MOST_WITH_AUTOSCALING = 50;

export function rolloutRules(values: Values): string[] {
  const { rollout } = values;
  if (!rollout) return [];
  if (rollout.strategy === "rolling")
    return (["steps", "judge"] as const)
      .filter((key) => rollout[key] !== undefined)
      .map(
        (key) =>
          `acci:rollout.${key}: must be unset when acci:rollout.strategy is rolling, got a value; remove it, or set the strategy to canary`,
      );
  return [...needs(values), ...stepRules(values, stepsOf(rollout))];
}

function needs({ backups, exposure, monitoring, rollout, slo }: Values): string[] {
  const missing = (key: string, isThere: boolean, cure: string) =>
    isThere ? [] : [`acci:rollout.strategy: canary needs ${key}, got none; ${cure}, or set the strategy to rolling`];
  return [
    ...(exposure.mode === "gateway"
      ? []
      : [
          "acci:rollout.strategy: canary needs acci:exposure.mode gateway, whose routes have weights, got ingress; " +
            "set the mode to gateway, or the strategy to rolling",
        ]),
    ...missing("acci:rollout.judge.prometheus", rollout?.judge !== undefined, "name the Prometheus that judges it"),
    ...missing("acci:monitoring", monitoring !== undefined, "set it, for example to {}"),
    ...missing("acci:slo", slo !== undefined, "set the objectives that it must keep to, for example to {}"),
    ...missing("acci:backups", backups !== undefined, "set it: the image of its tools has what rolls out"),
  ];
}

function stepRules(
  { application, monitoring }: Values,
  steps: readonly { readonly weight: number; readonly seconds: number }[],
): string[] {
  const weights = steps.map(({ weight }) => weight);
  const shown = weights.join(", ");
  const problems: string[] = [];
  if (weights.some((weight, i) => i > 0 && weight <= weights[i - 1]!))
    problems.push(
      `acci:rollout.steps: must have rising weights, got ${shown}; order them, and leave out what is there twice`,
    );
  if (application.autoscaling && Math.max(...weights) > MOST_WITH_AUTOSCALING)
    problems.push(
      `acci:rollout.steps: must have weights of at most ${MOST_WITH_AUTOSCALING} with acci:application.autoscaling, got ${shown}; ` +
        "lower them: the stable release would be scaled down, and then gets all requests back",
    );
  const least = SCRAPES * secondsOf(monitoring?.interval ?? "30s");
  const shortest = Math.min(...steps.map(({ seconds }) => seconds));
  if (shortest < least)
    problems.push(
      `acci:rollout.steps: must last at least ${least} s, ${SCRAPES} scrapes of acci:monitoring.interval, got ${shortest}; make them longer`,
    );
  return problems;
}

const secondsOf = (interval: string) => Number.parseInt(interval, 10) * (interval.endsWith("m") ? 60 : 1);
