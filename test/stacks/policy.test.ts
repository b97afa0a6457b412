/** @needs helm */
import { judge } from "../../policy/judge.ts";
import { parseImage } from "../../policy/model/image.ts";
import type { JudgedResource } from "../../policy/model/judged-resource.ts";
import { imagesOf } from "../../policy/model/workloads.ts";
import { waivers } from "../../policy/waivers.ts";
import { STACKS, type StackName } from "../stack-config.ts";
import { subjectsOf } from "../../policy/testing/recorded.ts";

const subjects = new Map<StackName, JudgedResource[]>();
beforeAll(async () => {
  // One after the other, because the recorder replaces the engine of the whole process.
  for (const stack of STACKS) subjects.set(stack, await subjectsOf(stack));
});

describe.each(STACKS)("%s", (stack) => {
  test("violates no mandatory rule, and says what no rule could see", () => {
    const violations = judge(subjects.get(stack)!);
    expect(violations).toEqual([
      {
        rule: "report-unchecked-charts",
        level: "advisory",
        message:
          "addons-cert-manager, addons-cloudnative-pg, addons-traefik: objects must be known to be checked, got charts " +
          "that are not local; review their values by hand",
      },
    ]);
  });

  test("shows the rules the containers inside its release", () => {
    const releases = subjects.get(stack)!.filter(({ type }) => type === "kubernetes:helm.sh/v3:Release");
    expect(releases.flatMap(imagesOf).map(({ where }) => where)).toEqual([
      "Deployment acci-framework of release application, container migrate",
      "Deployment acci-framework of release application, container acci",
      "Pod acci-framework-test of release application, container ready",
      "Pod acci-framework-test of release application, container serves",
    ]);
  });

  test("hides from no rule that it holds secrets, data and a provider", () => {
    const named = (type: string, name: string) =>
      subjects.get(stack)!.find((subject) => subject.type === type && subject.name === name)!;
    expect(named("kubernetes:core/v1:Secret", "application-database").secrets).toEqual(["stringData"]);
    expect(named("kubernetes:postgresql.cnpg.io/v1:Cluster", "postgres")).toMatchObject({
      protect: stack !== "dev",
      provider: "cluster",
    });
  });
});

test.each(STACKS)("%s violates no mandatory rule with a Gateway either", async (stack) => {
  const seen = await subjectsOf(stack, { mode: "gateway" });
  expect(seen.map(({ type }) => type)).toContain("kubernetes:gateway.networking.k8s.io/v1:Gateway");
  expect(judge(seen).filter(({ level }) => level === "mandatory")).toEqual([]);
});

test.each(STACKS)("%s violates no mandatory rule with a collector of its own either", async (stack) => {
  const telemetry = { endpoint: "http://tempo.monitoring.svc:4318", collector: { mode: "install" } };
  const seen = await subjectsOf(stack, {}, { telemetry });
  expect(seen.map(({ type }) => type)).toContain("kubernetes:apps/v1:DaemonSet");
  expect(judge(seen).filter(({ level }) => level === "mandatory")).toEqual([]);
});

test.each(STACKS)("%s violates no mandatory rule with a canary either", async (stack) => {
  const rollout = { strategy: "canary", judge: { prometheus: "monitoring/prometheus-operated:9090" } };
  const seen = await subjectsOf(stack, { mode: "gateway" }, { rollout });
  expect(seen.map(({ name }) => name)).toContain("application-canary-rollout");
  expect(judge(seen).filter(({ level }) => level === "mandatory")).toEqual([]);
});

test("every waived repository is one that a stack runs, or that the embedded platform builds", () => {
  const run = [...subjects.values()].flat().flatMap(imagesOf);
  const repositories = run.map(({ image }) => parseImage(image).repository);
  const unused = waivers.filter(
    ({ rule, subject }) => rule === "require-image-digests" && !repositories.includes(subject),
  );
  expect(unused.map(({ subject }) => subject)).toEqual([
    "docker.io/library/redis",
    "docker.io/otel/opentelemetry-collector-contrib",
  ]);
});
