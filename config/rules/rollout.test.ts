import { stackValues } from "../../test/stack-config.ts";
import { stepsOf } from "../schema/rollout.ts";
import { problemsOf, withKey } from "../testing/problems.ts";

const CANARY = {
  strategy: "canary",
  steps: [
    { weight: 10, seconds: 60 },
    { weight: 50, seconds: 60 },
  ],
  judge: { prometheus: "monitoring/prometheus-operated:9090" },
};

test.each<[string, unknown, string]>([
  [
    "rollout.strategy",
    "rolling",
    "acci:rollout.steps: must be unset when acci:rollout.strategy is rolling, got a value; remove it, or set the strategy to canary",
  ],
  [
    "rollout.strategy",
    "big-bang",
    'acci:rollout.strategy: must be one of rolling, canary, blue-green, got "big-bang"; set it to, for example, rolling',
  ],
  [
    "exposure.mode",
    "ingress",
    "acci:rollout.strategy: canary needs acci:exposure.mode gateway, whose routes have weights, got ingress; " +
      "set the mode to gateway, or the strategy to rolling",
  ],
  [
    "rollout.judge",
    undefined,
    "acci:rollout.strategy: canary needs acci:rollout.judge.prometheus, got none; name the Prometheus that judges it, or set the strategy to rolling",
  ],
  [
    "slo",
    undefined,
    "acci:rollout.strategy: canary needs acci:slo, got none; set the objectives that it must keep to, for example to {}, or set the strategy to rolling",
  ],
  [
    "backups",
    undefined,
    "acci:rollout.strategy: canary needs acci:backups, got none; set it: the image of its tools has what rolls out, or set the strategy to rolling",
  ],
  [
    "rollout.steps",
    [
      { weight: 20, seconds: 60 },
      { weight: 20, seconds: 60 },
    ],
    "acci:rollout.steps: must have rising weights, got 20, 20; order them, and leave out what is there twice",
  ],
  [
    "rollout.steps",
    [{ weight: 10, seconds: 30 }],
    "acci:rollout.steps: must last at least 60 s, 2 scrapes of acci:monitoring.interval, got 30; make them longer",
  ],
  [
    "application.autoscaling",
    { maxReplicas: 4, cpuPercent: 80, memoryPercent: 80 },
    "acci:rollout.steps: must have weights of at most 50 with acci:application.autoscaling, got 10, 60; " +
      "lower them, and leave out a bake: the stable release would be scaled down, and then gets all requests back",
  ],
])("a canary: %s = %j breaks a rule", (path, value, sentence) => {
  const values = { ...stackValues("dev"), rollout: structuredClone(CANARY) };
  (values as Record<string, any>)["exposure"].mode = "gateway";
  (values as Record<string, any>)["postgres"].maxConnections = 100;
  if (path === "application.autoscaling") values.rollout.steps[1]!.weight = 60;
  expect(problemsOf("dev", values)).toEqual([]);
  expect(problemsOf("dev", withKey("dev", path, value, values))[0]).toBe(sentence);
});

test.each<[string, unknown, string]>([
  [
    "rollout.steps",
    [{ weight: 10, seconds: 60 }],
    "acci:rollout.steps: must be unset when acci:rollout.strategy is blue-green, got a value; remove it, and set bake",
  ],
  [
    "rollout.bake",
    30,
    "acci:rollout.bake: must last at least 60 s, 2 scrapes of acci:monitoring.interval, got 30; make it longer",
  ],
  [
    "exposure.mode",
    "ingress",
    "acci:rollout.strategy: blue-green needs acci:exposure.mode gateway, whose routes have weights, got ingress; " +
      "set the mode to gateway, or the strategy to rolling",
  ],
  [
    "application.autoscaling",
    { maxReplicas: 4, cpuPercent: 80, memoryPercent: 80 },
    "acci:rollout.strategy: blue-green needs a fixed number of pods, got acci:application.autoscaling; set the strategy to canary: " +
      "the color that stands by would be scaled down, and then gets all requests back",
  ],
])("blue-green: %s = %j breaks a rule", (path, value, sentence) => {
  const values = { ...stackValues("dev"), rollout: { strategy: "blue-green", judge: CANARY.judge } };
  (values as Record<string, any>)["exposure"].mode = "gateway";
  (values as Record<string, any>)["postgres"].maxConnections = 200;
  expect(problemsOf("dev", values)).toEqual([]);
  expect(problemsOf("dev", withKey("dev", path, value, values))[0]).toBe(sentence);
});

test("a bake is a last step of a canary, with all requests, and both steps of blue-green", () => {
  expect(stepsOf({ strategy: "canary", steps: [{ weight: 10, seconds: 60 }], bake: 90 })).toEqual([
    { weight: 10, seconds: 60 },
    { weight: 100, seconds: 90 },
  ]);
  expect(stepsOf({ strategy: "blue-green" })).toEqual([
    { weight: 0, seconds: 60 },
    { weight: 100, seconds: 600 },
  ]);
});
