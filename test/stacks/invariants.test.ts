/** @needs helm */
import { parseConfig } from "../../config/load.ts";
import { buildStack } from "../../stack.ts";
import { render } from "../chart/helm.ts";
import { find, isSecret, record, type Recorded, knownOf } from "../recorder.ts";
import { STACKS, type StackName, stackValues } from "../stack-config.ts";

const NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const isComponent = ({ type }: Recorded) => type.startsWith("acci:");

/** Labels of the pods that the program runs in the namespace. The pods of the operator and of cert-manager have their operators' labels. */
const PODS: Record<string, Record<string, string>> = {
  postgres: { "cnpg.io/cluster": "postgres" },
  "acme solver": { "acme.cert-manager.io/http01-solver": "true" },
};

describe.each(STACKS)("%s", (stack: StackName) => {
  const config = parseConfig(stack, stackValues(stack));
  let resources: Recorded[];
  let workloads: { name: string; template: any; serves: boolean }[];

  beforeAll(async () => {
    resources = await record((opts) => void buildStack(config, knownOf(config), opts), { stack });
    const { values } = find(resources, "kubernetes:helm.sh/v3:Release", "application").inputs;
    // Workloads of the chart, rendered with the values that the program passes.
    const chart = render("acci-framework", values as object).map((m) => ({
      kind: m.kind,
      name: m.metadata.name,
      spec: m["spec"],
    }));
    const own = resources.map((r) => ({ kind: r.type.split(":").at(-1)!, name: r.name, spec: r.inputs["spec"] }));
    workloads = [...own, ...chart]
      .filter(({ kind }) => ["Deployment", "StatefulSet", "DaemonSet", "Job"].includes(kind))
      .map(({ kind, name, spec }) => ({ name, template: spec.template, serves: kind !== "Job" }));
  });

  test("every child belongs to a component and carries its name", () => {
    const components = resources.filter(isComponent).map((r) => r.name);
    const orphans = resources
      .filter((r) => !isComponent(r) && r.type !== "pulumi:providers:kubernetes")
      .filter(({ name }) => !components.some((component) => name === component || name.startsWith(`${component}-`)));
    expect(orphans.map((r) => r.name)).toEqual([]);
    expect(resources.filter((r) => !isComponent(r) && !r.opts.parent).map((r) => r.name)).toEqual(["cluster"]);
  });

  test("no output was printed instead of awaited", () => {
    expect(JSON.stringify(resources.map((r) => r.inputs))).not.toContain("Calling [toString]");
  });

  test("no password is in clear anywhere", () => {
    const clear = (value: unknown): string[] => {
      if (isSecret(value)) return [];
      if (typeof value === "string") return value.includes("password-of-") ? [value] : [];
      return typeof value === "object" && value !== null ? Object.values(value).flatMap(clear) : [];
    };
    expect(resources.flatMap((r) => clear(r.inputs))).toEqual([]);
  });

  test("every Secret's content is secret", () => {
    const secrets = resources.filter((r) => r.type === "kubernetes:core/v1:Secret");
    expect(secrets.length).toBeGreaterThan(0);
    expect(secrets.filter((r) => !isSecret(r.inputs["stringData"])).map((r) => r.name)).toEqual([]);
  });

  test("the application runs by digest, and nothing runs as latest", () => {
    const images = workloads.flatMap(({ template }) =>
      containersOf(template).map((container: any) => container.image as string),
    );
    const application = images.filter((image) => image.startsWith(config.image.repository));
    expect(application.length).toBeGreaterThan(0);
    expect(application.filter((image) => !/@sha256:[0-9a-f]{64}$/.test(image))).toEqual([]);
    expect(
      [...images, config.postgres.image].filter((image) => image.includes(":latest") || !image.includes(":")),
    ).toEqual([]);
  });

  test("every pod is non-root, with a read-only root, limits and probes", () => {
    expect(
      workloads
        .filter((w) => w.serves)
        .map((w) => w.name)
        .sort(),
    ).toEqual(["acci-framework", "backup-agent", "redis", ...(stack === "dev" ? [] : ["redis-exporter"])]);
    for (const { serves, template } of workloads) {
      expect(template.spec.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: "RuntimeDefault" },
      });
      expect(template.spec.securityContext.runAsUser).toBeGreaterThan(10000);
      expect(template.spec.automountServiceAccountToken).toBe(false);
      for (const container of containersOf(template)) {
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
        expect(container.resources.limits).toMatchObject({ cpu: expect.anything(), memory: expect.anything() });
      }
      for (const container of serves ? template.spec.containers : [])
        expect([typeof container.livenessProbe, typeof container.readinessProbe]).toEqual(["object", "object"]);
    }
  });

  test("every pod is let in by a policy of its own, beside the default deny", () => {
    const selectors = resources
      .filter((r) => r.type === NETWORK_POLICY && r.inputs["spec"].ingress)
      .map((r) => r.inputs["spec"].podSelector.matchLabels as Record<string, string>);
    const pods = {
      ...PODS,
      ...Object.fromEntries(workloads.filter((w) => w.serves).map((w) => [w.name, w.template.metadata.labels])),
    };
    const unreachable = Object.entries(pods).filter(
      ([, labels]) =>
        !selectors.some((selector) => Object.entries(selector).every(([key, value]) => labels[key] === value)),
    );
    expect(unreachable.map(([name]) => name)).toEqual([]);
    const denied = find(resources, NETWORK_POLICY, "namespace-default-deny").inputs["spec"];
    expect(denied).toEqual({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
  });

  test("the quota has room for every replica at its largest", () => {
    const { hard } = find(resources, "kubernetes:core/v1:ResourceQuota", "namespace-quota").inputs["spec"];
    const most = config.application.autoscaling?.maxReplicas ?? config.application.replicas;
    expect(Number(hard.pods)).toBeGreaterThanOrEqual(most + config.postgres.instances + 1);
  });

  test("what holds data survives a destroy exactly where it must", () => {
    const stateful = [
      find(resources, "kubernetes:postgresql.cnpg.io/v1:Cluster", "postgres"),
      find(resources, "kubernetes:core/v1:Namespace", "namespace"),
      find(resources, "kubernetes:apps/v1:StatefulSet", "redis"),
    ];
    const expected = stack !== "dev";
    expect(stateful.map(({ opts }) => [opts.protect, opts.retainOnDelete])).toEqual([
      // retainOnDelete in all stacks, so that a replacement does not delete the database; in dev the deletion of the namespace does.
      [expected, true],
      [expected, expected],
      [expected, expected],
    ]);
  });

  test("every object is applied in one name", () => {
    const objects = resources.filter(({ type }) => type.startsWith("kubernetes:") && !type.endsWith(":Release"));
    const names = objects.map(({ inputs }) => inputs["metadata"].annotations["pulumi.com/patchFieldManager"]);
    expect(objects.length).toBeGreaterThan(50);
    expect([...new Set(names)]).toEqual(["pulumi-kubernetes"]);
  });

  test("stays small enough to read", () => expect(resources.length).toBeLessThan(135));
});

/**
 * Keys in which dr must differ from prod: its namespace, and the failover. Every other difference would make the recovered site another
 * one than the lost site.
 */
const DIFFERENCES = ["namespace", "restore"];

test("prod and dr are told the same but for where they are, and that dr fails over", () => {
  const [prod, dr] = [stackValues("prod"), stackValues("dr")];
  const keys = new Set([...Object.keys(prod), ...Object.keys(dr)]);
  expect([...keys].filter((key) => JSON.stringify(prod[key]) !== JSON.stringify(dr[key])).sort()).toEqual(DIFFERENCES);
});

test("what dr is made of is what prod is made of", async () => {
  const [prod, dr] = [await madeOf("prod"), await madeOf("dr")];
  const differ = [...new Set([...prod.keys(), ...dr.keys()])].filter((id) => prod.get(id) !== dr.get(id));
  expect(differ.sort()).toEqual([
    // The failover, and the steps after it.
    "acci:index:Failover failover",
    "acci:index:SmokeTest smoke-test",
    "kubernetes:batch/v1:Job failover",
    "kubernetes:batch/v1:Job smoke-test",
    // The restore waits only for the primary.
    "kubernetes:postgresql.cnpg.io/v1:Cluster postgres",
  ]);
  const cluster = differ.at(-1)!;
  expect(dr.get(cluster)!.replace("jsonpath={.status.readyInstances}", "condition=Ready")).toBe(prod.get(cluster));
});

/**
 * Inputs of a stack's resources by type and name, with the namespace replaced. Most components are left out, because their children repeat
 * their inputs.
 */
async function madeOf(stack: StackName): Promise<Map<string, string>> {
  const config = parseConfig(stack, stackValues(stack));
  const resources = await record((opts) => void buildStack(config, knownOf(config), opts), { stack });
  const namespace = new RegExp(`acci-${stack}\\b`, "g");
  // Left out, because it is computed over addresses that contain the namespace.
  const checksum = /"secretsChecksum":"\w+"/;
  return new Map(
    resources
      .filter((r) => !isComponent(r) || ["failover", "smoke-test"].includes(r.name))
      .map(({ inputs, name, type }) => [
        `${type} ${name}`,
        JSON.stringify(inputs).replaceAll(namespace, "acci").replace(checksum, ""),
      ]),
  );
}

const containersOf = (template: any): any[] => [...(template.spec.initContainers ?? []), ...template.spec.containers];
