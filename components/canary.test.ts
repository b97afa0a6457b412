import { parseConfig } from "../config/load.ts";
import { buildStack } from "../stack.ts";
import { find, knownOf, namesOf, record } from "../test/recorder.ts";
import { stackValues } from "../test/stack-config.ts";

const RELEASE = "kubernetes:helm.sh/v3:Release";
const JOB = "kubernetes:batch/v1:Job";
const rollout = {
  strategy: "canary",
  steps: [{ weight: 10, seconds: 60 }],
  judge: { prometheus: "monitoring/prometheus-operated:9090" },
};

async function recorded(stack: string, over: Record<string, unknown> = {}) {
  const values = stackValues(stack);
  const exposure = { ...values["exposure"], mode: "gateway" };
  const config = parseConfig(stack, { ...values, exposure, rollout, ...over });
  return record((opts) => void buildStack(config, knownOf(config), opts), { stack });
}

const environmentOf = (job: any) =>
  Object.fromEntries(job.spec.template.spec.containers[0].env.map(({ name, value }: any) => [name, value]));

test("a second release of the chart has no route, no autoscaler and, at first, no pods", async () => {
  const resources = await recorded("prod");
  const [stable, canary] = ["application", "application-canary"].map((name) => find(resources, RELEASE, name).inputs);
  expect([stable!["name"], canary!["name"]]).toEqual(["acci-framework", "acci-framework-canary"]);
  const { autoscaling, gateway, ingress, scaledFromOutside, ...rest } = canary!["values"];
  expect({ autoscaling, gateway, ingress, scaledFromOutside }).toEqual({
    autoscaling: { enabled: false },
    gateway: { enabled: false },
    ingress: { enabled: false },
    scaledFromOutside: true,
  });
  // All else is what the stable release will be.
  expect(stable!["values"]).toMatchObject(rest);
});

test("the stable release comes after the Job, and the Job after the canary", async () => {
  const resources = await recorded("prod");
  const dependencies = (type: string, name: string) =>
    [find(resources, type, name).opts.dependsOn ?? []].flat().map((resource: any) => String(resource.__name));
  expect(dependencies(RELEASE, "application")).toEqual(["application-canary-rollout"]);
  expect(dependencies(JOB, "application-canary-rollout")).toContain("application-canary");
});

test("the Job may change one route and the number of one Deployment's pods, and look at pods", async () => {
  const { rules } = find(
    await recorded("prod"),
    "kubernetes:rbac.authorization.k8s.io/v1:Role",
    "application-canary",
  ).inputs;
  expect(rules.map(({ resourceNames, resources, verbs }: any) => [resources, resourceNames, verbs].flat(1))).toEqual([
    ["httproutes", "acci-framework", "get", "patch"],
    ["deployments", "acci-framework", "acci-framework-canary", "get"],
    ["deployments/scale", "acci-framework-canary", "patch"],
    ["pods", undefined, "list"],
  ]);
});

test("what the Job is told comes from the objectives and the limits of the stack", async () => {
  const { metadata, spec } = find(await recorded("prod"), JOB, "application-canary-rollout").inputs;
  expect(metadata.name).toMatch(/^rollout-[0-9a-f]{16}$/);
  expect(spec.activeDeadlineSeconds).toBe(2 * 60 + 300 + 600 + 300);
  expect(JSON.parse(environmentOf({ spec })["ACCI_ROLLOUT"])).toEqual({
    strategy: "canary",
    steps: [{ weight: 10, seconds: 60 }],
    readySeconds: 300,
    prometheus: "http://prometheus-operated.monitoring.svc:9090",
    minRequests: 100,
    path: "/",
    headers: {},
    inconclusive: "fail",
    objectives: { failed: 0.001, slow: 0.01, slowSeconds: 0.5 },
    memoryBytes: 2 * 2 ** 30,
  });
  expect(spec.template.spec.serviceAccountName).toBe("rollout");
  expect(spec.template.spec.automountServiceAccountToken).toBe(false);
});

test("the version is what the pods run, on both, and the Job has its name of it", async () => {
  const identity = async (over: Record<string, unknown>) => {
    const resources = await recorded("prod", over);
    const versions = ["application", "application-canary"].map(
      (name) => find(resources, RELEASE, name).inputs["values"].podAnnotations["acci.dev/version"] as string,
    );
    const { metadata, spec } = find(resources, JOB, "application-canary-rollout").inputs;
    expect([...new Set([...versions, environmentOf({ spec })["ACCI_VERSION"]])]).toHaveLength(1);
    return [versions[0], metadata.name as string];
  };
  const application = stackValues("prod")["application"];
  const before = await identity({});
  expect(await identity({ application: { ...application, replicas: 4 } })).toEqual(before);
  const [version, job] = await identity({ application: { ...application, logLevel: "debug" } });
  expect(version).not.toBe(before[0]);
  expect(job).not.toBe(before[1]);
});

test("the Job reaches the route, Prometheus, the Kubernetes API and the store, and nothing else", async () => {
  const resources = await recorded("prod");
  const edges = resources
    .filter(({ inputs }) => inputs["spec"]?.podSelector?.matchLabels?.["app.kubernetes.io/name"] === "rollout")
    .map(({ name }) => name);
  expect(edges.sort()).toEqual([
    "network-policies-rollout-to-api-server",
    "network-policies-rollout-to-prometheus",
    "network-policies-rollout-to-route",
    "network-policies-rollout-to-store",
  ]);
});

test("the requests of the canary are in the error budget, and there is an alert on what is taken back", async () => {
  const resources = await recorded("prod");
  const rulesOf = (file: string) =>
    JSON.stringify(
      find(resources, "kubernetes:monitoring.coreos.com/v1:PrometheusRule", `monitoring-rules-${file}`).inputs["spec"],
    );
  expect(rulesOf("slo")).toContain("acci-framework|acci-framework-canary");
  expect(rulesOf("rollouts")).toContain("AcciRolloutTakenBack");
});

const blueGreen = {
  rollout: { strategy: "blue-green", judge: rollout.judge },
  application: { ...stackValues("prod")["application"], autoscaling: undefined },
};

test("after blue-green a last Job, which comes after the stable release, leads the requests to it", async () => {
  const resources = await recorded("prod", blueGreen);
  const finish = find(resources, JOB, "application-canary-rollout-finish");
  const dependencies = [finish.opts.dependsOn ?? []].flat().map((resource: any) => String(resource.__name));
  expect(dependencies).toEqual(["application-canary-rollout", "application"]);
  expect(finish.inputs["spec"].template.spec.containers[0].args).toEqual(["rollout-finish"]);
  expect(finish.inputs["metadata"].name).toMatch(/^rollout-finish-[0-9a-f]{16}$/);
  // As has a canary that bakes, and no other.
  const baked = await recorded("prod", { ...blueGreen, rollout: { ...rollout, bake: 60 } });
  expect(namesOf(baked, JOB)).toContain("application-canary-rollout-finish");
  expect(namesOf(await recorded("prod"), JOB)).not.toContain("application-canary-rollout-finish");
});

test("blue-green has a place for what ran before, and the right to run that again", async () => {
  const resources = await recorded("prod", blueGreen);
  const previous = find(resources, "kubernetes:core/v1:ConfigMap", "application-canary-previous");
  expect(previous.inputs["metadata"].name).toBe("acci-framework-previous");
  expect(previous.inputs["data"]).toBeUndefined();
  expect(previous.opts.ignoreChanges).toEqual(["data", "metadata.annotations"]);
  const { rules } = find(resources, "kubernetes:rbac.authorization.k8s.io/v1:Role", "application-canary").inputs;
  expect(
    rules.slice(4).map(({ resourceNames, resources, verbs }: any) => [resources, resourceNames, verbs].flat(1)),
  ).toEqual([
    ["deployments", "acci-framework-canary", "patch"],
    ["configmaps", "acci-framework", "get"],
    ["configmaps", "acci-framework-previous", "get", "patch"],
  ]);
});

test("without a strategy there is one release, and no Job", async () => {
  const resources = await recorded("prod", { rollout: undefined });
  expect(namesOf(resources, RELEASE)).not.toContain("application-canary");
  expect(find(resources, RELEASE, "application").inputs["values"].podAnnotations).toBeUndefined();
  expect(namesOf(resources, JOB)).toEqual([]);
});
