/** @needs helm */
import { pick, refusal } from "./helm.ts";
import { beside as program, EXTERNAL, NAME } from "./value-sets.ts";

test("autoscaling alone decides how many pods there are", () => {
  expect(pick(program(), "Deployment", NAME)["spec"].replicas).toBeUndefined();
  expect(pick(program(), "HorizontalPodAutoscaler", NAME)["spec"]).toMatchObject({ minReplicas: 3, maxReplicas: 10 });
  const fixed = program({ "autoscaling.enabled": false, replicaCount: 2 });
  expect(pick(fixed, "Deployment", NAME)["spec"].replicas).toBe(2);
  expect(fixed.map((m) => m.kind)).not.toContain("HorizontalPodAutoscaler");
});

test("a single pod has no disruption budget, which would forbid every drain", () => {
  const single = program({ "autoscaling.enabled": false, replicaCount: 1 });
  expect(single.map((m) => m.kind)).not.toContain("PodDisruptionBudget");
});

test("pods scale by one measure when the other has no target", () => {
  const metricsOf = (values: object) =>
    pick(program(values), "HorizontalPodAutoscaler", NAME)["spec"].metrics.map((metric: any) => metric.resource.name);
  expect(metricsOf({})).toEqual(["cpu", "memory"]);
  expect(metricsOf({ "autoscaling.targetMemoryUtilizationPercentage": null })).toEqual(["cpu"]);
});

test("pods that are scaled from outside begin with none, and have no disruption budget", () => {
  const outside = program({ "autoscaling.enabled": false, scaledFromOutside: true });
  expect(pick(outside, "Deployment", NAME)["spec"].replicas).toBe(0);
  expect(outside.map((m) => m.kind)).not.toContain("PodDisruptionBudget");
});

describe("vertical autoscaling", () => {
  const VPA = { "verticalAutoscaling.enabled": true };
  const spec = (values: object) => pick(program({ ...VPA, ...values }), "VerticalPodAutoscaler", NAME)["spec"];

  test("is there when asked for alone", () => {
    expect(program().map((m) => m.kind)).not.toContain("VerticalPodAutoscaler");
  });

  test("recommends, and changes nothing, beside the horizontal one", () => {
    expect(spec({})).toEqual({
      targetRef: { apiVersion: "apps/v1", kind: "Deployment", name: NAME },
      updatePolicy: { updateMode: "Off" },
      resourcePolicy: { containerPolicies: [{ containerName: "acci", controlledResources: ["cpu", "memory"] }] },
    });
  });

  test("acts alone, within its bounds", () => {
    const alone = spec({
      "autoscaling.enabled": false,
      "verticalAutoscaling.updateMode": "Recreate",
      "verticalAutoscaling.minAllowed": { cpu: "100m" },
      "verticalAutoscaling.maxAllowed": { memory: "4Gi" },
    });
    expect(alone.updatePolicy).toEqual({ updateMode: "Recreate" });
    expect(alone.resourcePolicy.containerPolicies[0]).toMatchObject({
      minAllowed: { cpu: "100m" },
      maxAllowed: { memory: "4Gi" },
    });
  });

  test("acts on memory while the horizontal one acts on CPU", () => {
    const both = {
      "autoscaling.targetMemoryUtilizationPercentage": null,
      "verticalAutoscaling.updateMode": "Initial",
      "verticalAutoscaling.resources": ["memory"],
    };
    expect(spec(both).resourcePolicy.containerPolicies[0].controlledResources).toEqual(["memory"]);
  });

  test("is refused where both would act on the same resource", () => {
    expect(refusal({ ...VPA, "verticalAutoscaling.updateMode": "Recreate" })).toContain(
      "verticalAutoscaling.updateMode: must be Off while autoscaling acts on cpu too, got Recreate; " +
        "take cpu out of verticalAutoscaling.resources, or set autoscaling.enabled to false",
    );
  });
});

test.each<[string, object, string]>([
  [
    "autoscaling without a target",
    { "autoscaling.targetCPUUtilizationPercentage": null, "autoscaling.targetMemoryUtilizationPercentage": null },
    "autoscaling: must have a target, got none; set autoscaling.targetCPUUtilizationPercentage, for example to 80",
  ],
  [
    "fewer pods at most than at least",
    { "autoscaling.maxReplicas": 2 },
    "autoscaling.minReplicas: must not exceed autoscaling.maxReplicas, got 3 and 2",
  ],
])("refuses %s", (_, values, message) => expect(refusal({ ...EXTERNAL, ...values })).toContain(message));
