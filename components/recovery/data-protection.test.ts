import { parseConfig } from "../../config/load.ts";
import { DRILLS } from "../../config/drill-intervals.ts";
import { buildStack } from "../../stack.ts";
import { find, isSecret, knownOf, record } from "../../test/recorder.ts";
import { stackValues } from "../../test/stack-config.ts";

const keys = {
  writer: { accessKeyId: "writer", secretAccessKey: "writer-secret" },
  pruner: { accessKeyId: "pruner", secretAccessKey: "pruner-secret" },
  offsite: {
    writer: { accessKeyId: "second-writer", secretAccessKey: "second-writer-secret" },
    pruner: { accessKeyId: "second-pruner", secretAccessKey: "second-pruner-secret" },
  },
};

/** The stack dr, which has every component, with changes to its configuration. */
async function recorded(changes: Record<string, unknown> = {}, epoch?: number) {
  const config = parseConfig("dr", { ...stackValues("dr"), storeKeys: keys, ...changes });
  return record((opts) => void buildStack(config, { ...knownOf(config), epoch }, opts), { stack: "dr" });
}

const podOf = async (changes?: Record<string, unknown>) =>
  find(await recorded(changes), "kubernetes:batch/v1:CronJob", "backups").inputs["spec"].jobTemplate.spec.template.spec;

const mountsOf = (pod: any, step: string): string[] =>
  [...pod.initContainers, ...pod.containers]
    .find(({ name }: any) => name === step)
    .volumeMounts.map((m: any) => m.name);

test("each step of a run has the keys it needs and no others", async () => {
  const pod = await podOf();
  expect(pod.initContainers.map(({ name }: any) => name)).toEqual(["verification-server", "dump", "verify"]);
  expect(mountsOf(pod, "verification-server")).toEqual(["tmp", "verification"]);
  expect(mountsOf(pod, "dump")).toEqual(["tmp", "work", "writer", "database", "postgres-ca"]);
  expect(mountsOf(pod, "verify")).toEqual(["tmp", "work", "verification", "writer"]);
  expect(mountsOf(pod, "prune")).toEqual(["tmp", "pruner"]);
});

test.each([
  [{ memory: "4Gi", parallelism: 4 }, "256MB"],
  [{ memory: "512Mi", parallelism: 2 }, "64MB"],
])("indexes that are built at once fit into the verification server: %j", async ({ parallelism, memory }, each) => {
  const { backups } = stackValues("dr");
  const resources = { limits: { cpu: "4", memory }, requests: { cpu: "1", memory } };
  const pod = await podOf({ backups: { ...backups, parallelism, resources } });
  const { env } = pod.initContainers.find(({ name }: any) => name === "verification-server");
  expect(env).toContainEqual({ name: "VERIFICATION_INDEX_MEMORY", value: each });
});

const envOf = (pod: any, step: string): Record<string, string> =>
  Object.fromEntries(
    pod.initContainers.find(({ name }: any) => name === step).env.map(({ name, value }: any) => [name, value]),
  );

test("a dump is verified, and a recovery rehearsed, in a server like the site's own, as the role that restores there", async () => {
  const values = stackValues("dr");
  const resources = await recorded({
    postgres: { ...values["postgres"], roles: [{ name: "reporting" }], extensions: ["postgis"] },
  });
  const pods = ["backups", "drill"].map(
    (name) => find(resources, "kubernetes:batch/v1:CronJob", name).inputs["spec"].jobTemplate.spec.template.spec,
  );
  const cluster = find(resources, "kubernetes:postgresql.cnpg.io/v1:Cluster", "postgres").inputs["spec"];
  for (const env of [envOf(pods[0], "verify"), envOf(pods[1], "drill")]) {
    expect(env).toMatchObject({
      PGUSER: "postgres",
      ACCI_RESTORE_ROLE: "acci_restore",
      ACCI_EXTENSIONS: "pgaudit,postgis",
    });
    const [owner, ...roles] = JSON.parse(env["ACCI_ROLES"]!);
    expect(owner).toEqual({ name: "acci", attributes: ["LOGIN"], memberOf: [] });
    expect(roles.map(({ memberOf, name }: any) => [name, memberOf])).toEqual(
      cluster.managed.roles.map(({ inRoles = [], name }: any) => [name, inRoles]),
    );
  }
  expect(cluster.bootstrap.initdb.postInitTemplateSQL).toEqual([
    'CREATE EXTENSION IF NOT EXISTS "pgaudit"',
    'CREATE EXTENSION IF NOT EXISTS "postgis"',
  ]);
});

test("an adopted database is adopted by the step that publishes", async () => {
  const values = stackValues("dr");
  const adopt = "7300000000000000000";
  const pods = [await podOf(), await podOf({ backups: { ...values["backups"], adopt } })];
  expect(pods.map((pod) => envOf(pod, "verify")["ACCI_ADOPT"])).toEqual([undefined, adopt]);
});

test("only the step that verifies a dump can read an encrypted one", async () => {
  const recipient = `age1${"q".repeat(58)}`;
  const values = stackValues("dr");
  const pod = await podOf({
    backups: { ...values["backups"], recipients: [recipient] },
    backupIdentity: "AGE-SECRET-KEY-1",
  });
  expect(mountsOf(pod, "verify")).toContain("identity");
  expect(mountsOf(pod, "dump")).not.toContain("identity");
});

test("the store's keys are secret, and made by nobody when they are not given", async () => {
  const { inputs } = find(await recorded(), "kubernetes:core/v1:Secret", "backup-writer");
  expect(isSecret(inputs["stringData"])).toBe(true);
  const without = await recorded({ storeKeys: undefined });
  expect(without.filter(({ name }) => /^backup-(writer|pruner)$/.test(name))).toEqual([]);
});

test("a run that only would fail again is not tried again", async () => {
  const { jobTemplate, concurrencyPolicy } = find(await recorded(), "kubernetes:batch/v1:CronJob", "backups").inputs[
    "spec"
  ];
  expect(concurrencyPolicy).toBe("Forbid");
  expect(jobTemplate.spec.podFailurePolicy.rules[1]).toEqual({
    action: "FailJob",
    onExitCodes: { operator: "In", values: [64, 65, 70, 75, 76, 77, 78] },
  });
});

test("kubernetes provider 4.34.2, `collectJobConditionErrors`: what an update waits for ends as an awaiter knows, and in time", async () => {
  const resources = await recorded();
  const jobs = resources.filter(({ type }) => type === "kubernetes:batch/v1:Job");
  expect(jobs.map(({ name }) => name)).toEqual(["failover", "smoke-test"]);
  for (const { inputs, opts } of jobs) {
    const { metadata, spec } = inputs as any;
    // The awaiter recognizes only BackoffLimitExceeded and DeadlineExceeded, not PodFailurePolicy.
    expect(spec.backoffLimit).toBe(0);
    expect(spec.podFailurePolicy.rules.map(({ action }: any) => action)).toEqual(["Ignore", "Ignore"]);
    const [moved, ended] = spec.podFailurePolicy.rules;
    expect(moved.onPodConditions).toEqual([{ type: "DisruptionTarget", status: "True" }]);
    // A container that ran out of memory (137) fails the Job at once; one that was deleted (143) does not.
    expect(ended.onExitCodes).toEqual({ operator: "In", values: [143] });
    const timeout = Number(metadata.annotations["pulumi.com/timeoutSeconds"]);
    expect(timeout).toBeGreaterThan(spec.activeDeadlineSeconds);
    expect(opts.customTimeouts!.create).toBe(`${timeout}s`);
    expect(spec.template.spec.containers[0].env).toContainEqual({ name: "ACCI_TRIES", value: "7" });
  }
});

describe("the second store", () => {
  const offsiteOf = async (changes: Record<string, unknown> = {}) => {
    const { offsite, ...backups } = stackValues("dr")["backups"];
    return recorded({ backups: { ...backups, offsite: { ...offsite, ...changes } } });
  };
  const cronJob = (resources: Awaited<ReturnType<typeof recorded>>) =>
    find(resources, "kubernetes:batch/v1:CronJob", "offsite").inputs["spec"];

  test("is written by a run of its own, hours after the dump, that has no way into the database", async () => {
    const resources = await offsiteOf();
    const { jobTemplate, schedule } = cronJob(resources);
    expect([schedule, find(resources, "kubernetes:batch/v1:CronJob", "backups").inputs["spec"].schedule]).toEqual([
      "0 5 * * *",
      "0 2 * * *",
    ]);
    const pod = jobTemplate.spec.template.spec;
    expect(pod.initContainers.map(({ name }: any) => name)).toEqual(["copy"]);
    expect(mountsOf(pod, "copy")).toEqual(["tmp", "writer", "second-writer"]);
    expect(mountsOf(pod, "prune")).toEqual(["tmp", "second-pruner"]);
    expect(pod.volumes.map(({ secret }: any) => secret?.secretName)).toEqual([
      undefined,
      "backup-writer",
      "offsite-writer",
      "offsite-pruner",
    ]);
    expect(JSON.stringify(pod)).not.toContain("PGHOST");
    expect(jobTemplate.spec.podFailurePolicy.rules[1].onExitCodes.values).toContain(76);
  });

  test("has keys and rules of its own", async () => {
    const resources = await offsiteOf({ keep: { daily: 30 }, lockDays: 14, lockMode: "compliance" });
    const [copy] = cronJob(resources).jobTemplate.spec.template.spec.initContainers;
    const env = Object.fromEntries(copy.env.map(({ name, value }: any) => [name, value]));
    expect(JSON.parse(env.ACCI_KEEP)).toEqual({ hourly: 0, daily: 30, weekly: 5, monthly: 12, yearly: 3 });
    expect(env).toMatchObject({ ACCI_LOCK_DAYS: "14", ACCI_LOCK_MODE: "compliance" });
    for (const name of ["offsite-writer", "offsite-pruner"])
      expect(isSecret(find(resources, "kubernetes:core/v1:Secret", name).inputs["stringData"])).toBe(true);
  });

  test("is looked for by the agent only where there is one", async () => {
    const told = (resources: Awaited<ReturnType<typeof recorded>>) =>
      JSON.stringify(find(resources, "kubernetes:apps/v1:Deployment", "backup-agent").inputs["spec"]).includes(
        "ACCI_OFFSITE",
      );
    expect(told(await offsiteOf())).toBe(true);
    const { offsite: _, ...backups } = stackValues("dr")["backups"];
    const without = await recorded({ backups, storeKeys: undefined });
    expect(told(without)).toBe(false);
    expect(without.filter(({ name }) => name.includes("offsite") || name.includes("second"))).toEqual([]);
  });
});

test.each([
  [undefined, "45"],
  [20, "20"],
])("the agent's heartbeats hold for the seconds that are configured, %s: %s", async (heartbeatTimeoutSeconds, told) => {
  const backups = { ...stackValues("dr")["backups"], ...(heartbeatTimeoutSeconds && { heartbeatTimeoutSeconds }) };
  const resources = await recorded({ backups });
  const { env } = find(resources, "kubernetes:apps/v1:Deployment", "backup-agent").inputs["spec"].template.spec
    .containers[0];
  expect(env).toContainEqual({ name: "ACCI_HEARTBEAT_TIMEOUT_SECONDS", value: told });
});

test("a dump asks the primary for its replicas, a restore goes to the primary", async () => {
  const pod = await podOf();
  const host = (container: any) => container.env.find(({ name }: any) => name === "PGHOST").value;
  expect(host(pod.initContainers[1])).toBe("postgres-rw.acci-dr.svc");
  const job = find(await recorded(), "kubernetes:batch/v1:Job", "failover").inputs["spec"].template.spec;
  expect(host(job.containers[0])).toBe("postgres-rw.acci-dr.svc");
});

test("the application waits for the restore, and without a request there is none", async () => {
  const without = await recorded({ restore: undefined });
  expect(without.filter(({ type }) => type === "kubernetes:batch/v1:Job")).toEqual([]);
  expect(without.some(({ name }) => name === "backup-agent")).toBe(true);
});

test("a failover after the last one is another Job, and so is its smoke test", async () => {
  const templateOf = async (name: string, epoch: number) =>
    find(await recorded({}, epoch), "kubernetes:batch/v1:Job", name).inputs["spec"].template;
  for (const name of ["failover", "smoke-test"]) {
    const [second, again, third] = [await templateOf(name, 2), await templateOf(name, 2), await templateOf(name, 3)];
    expect(again).toEqual(second);
    expect(third).not.toEqual(second);
  }
});

test("a drill has the whole recovery in one pod, and the keys to read a dump alone", async () => {
  const { spec } = find(await recorded(), "kubernetes:batch/v1:CronJob", "drill").inputs;
  const pod = spec.jobTemplate.spec.template.spec;
  expect(spec).toMatchObject({ schedule: "0 4 * * 0", concurrencyPolicy: "Forbid" });
  expect([...pod.initContainers, ...pod.containers].map(({ name }: any) => name)).toEqual([
    "verification-server",
    "cache",
    "drill",
    "migrate",
    "application",
    "drill-end",
  ]);
  expect(pod.volumes.map(({ name }: any) => name)).toEqual(["tmp", "work", "verification", "writer"]);
});

test("schedule and metric of the drill follow from one constant", async () => {
  for (const every of ["day", "week", "month"] as const) {
    const values = stackValues("dr");
    const resources = await recorded({ backups: { ...values["backups"], drill: { every } } });
    const watch = find(resources, "kubernetes:apps/v1:Deployment", "backup-agent").inputs["spec"].template.spec
      .containers[0];
    const seconds = watch.env.find(({ name }: any) => name === "ACCI_DRILL_EVERY_SECONDS").value;
    expect(seconds).toBe(String(DRILLS[every].seconds));
    expect(find(resources, "kubernetes:batch/v1:CronJob", "drill").inputs["spec"].schedule).toBe(
      DRILLS[every].schedule,
    );
  }
  const values = stackValues("dr");
  const without = await recorded({ backups: { ...values["backups"], drill: { every: "never" } } });
  expect(without.some(({ name }) => name === "drill")).toBe(false);
});

test("the smoke test enters by the controller that the configuration names, else by the stack's Traefik", async () => {
  const routeOf = async (changes = {}) =>
    find(await recorded(changes), "kubernetes:batch/v1:Job", "smoke-test").inputs[
      "spec"
    ].template.spec.containers[0].env.find(({ name }: any) => name === "ACCI_ROUTE").value;
  expect(await routeOf()).toBe("traefik.traefik.svc:443");
  const controller = { namespace: "ingress-nginx", address: "ingress-nginx-controller.ingress-nginx.svc:443" };
  expect(await routeOf({ exposure: { ...stackValues("dr")["exposure"], controller } })).toBe(controller.address);
});

test("the tools have what a restore has, and never run by themselves", async () => {
  const resources = await recorded();
  const { spec } = find(resources, "kubernetes:batch/v1:CronJob", "toolbox").inputs as any;
  expect(spec.suspend).toBe(true);
  const { template } = spec.jobTemplate.spec;
  const { template: restore } = find(resources, "kubernetes:batch/v1:Job", "failover").inputs["spec"];
  expect(template.metadata.labels).toEqual(restore.metadata.labels);
  expect(template.spec.volumes).toEqual(restore.spec.volumes);
  const [tools, failover] = [template.spec.containers[0], restore.spec.containers[0]];
  expect(tools.volumeMounts).toEqual(failover.volumeMounts);
  expect(tools.env).toEqual(
    failover.env.filter(
      ({ name }: any) => !["ACCI_RESTORE", "ACCI_REPLICAS", "ACCI_TRIES", "ACCI_APPLICATION_SCHEMA"].includes(name),
    ),
  );
});

test("no resource, component or not, holds a key in clear", async () => {
  const values = stackValues("dr");
  const resources = await recorded({
    backups: { ...values["backups"], recipients: [`age1${"q".repeat(58)}`] },
    backupIdentity: "AGE-SECRET-KEY-1",
  });
  const masked = (_: string, value: unknown): unknown => (isSecret(value) ? "[secret]" : value);
  const open = resources.filter(({ inputs }) =>
    /writer-secret|pruner-secret|AGE-SECRET-KEY-1/.test(JSON.stringify(inputs, masked)),
  );
  expect(open.map(({ name, type }) => `${type} ${name}`)).toEqual([]);
});
