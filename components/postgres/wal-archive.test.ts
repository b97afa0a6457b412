/** @needs helm */
import { archiveRecovery as recovery } from "./testing/archive-recovery.ts";
import { parseConfig } from "../../config/load.ts";
import { demandsOf } from "../../config/sizing.ts";
import { buildStack } from "../../stack.ts";
import { find, isSecret, knownOf, record } from "../../test/recorder.ts";
import { judge } from "../../policy/judge.ts";
import { subjectOf } from "../../policy/testing/recorded.ts";
import { stackValues } from "../../test/stack-config.ts";

const key = (name: string) => ({ accessKeyId: name, secretAccessKey: `${name}-secret` });
const storeKeys = { writer: key("writer"), pruner: key("pruner"), walArchive: key("archive") };
const values = stackValues("dr");

const configured = (archive: Record<string, unknown>, changes: Record<string, unknown> = {}) =>
  parseConfig("dr", {
    ...values,
    addons: { ...values["addons"], barmanPlugin: { mode: "install", version: "0.7.0" } },
    postgres: { ...values["postgres"], walArchive: archive },
    backups: { ...values["backups"], store: { ...values["backups"].store, caBundle: "authority" } },
    storeKeys,
    ...changes,
  });

/** The dr stack with an archive. */
async function recorded(archive: Record<string, unknown> = {}, changes: Record<string, unknown> = {}) {
  const config = configured(archive, changes);
  return record((opts) => void buildStack(config, knownOf(config), opts), { stack: "dr" });
}

const CLUSTER = "kubernetes:postgresql.cnpg.io/v1:Cluster";
const clusterOf = async (archive?: Record<string, unknown>) =>
  find(await recorded(archive), CLUSTER, "postgres").inputs["spec"];

test("the database sends its log to a folder of its own, in the store of the dumps", async () => {
  const { plugins, bootstrap, externalClusters } = await clusterOf();
  expect(plugins).toEqual([
    {
      name: "barman-cloud.cloudnative-pg.io",
      isWALArchiver: true,
      parameters: { barmanObjectName: "postgres", serverName: "acci-dr" },
    },
  ]);
  expect([Object.keys(bootstrap), externalClusters]).toEqual([["initdb"], undefined]);
  const { spec } = find(await recorded(), "kubernetes:barmancloud.cnpg.io/v1:ObjectStore", "postgres-archive").inputs;
  const { bucket, prefix } = values["backups"].store;
  expect(spec.retentionPolicy).toBe("14d");
  expect(spec.configuration).toMatchObject({
    destinationPath: `s3://${bucket}/${prefix}/wal`,
    endpointCA: { name: "postgres-archive", key: "ca.crt" },
  });
  expect(spec.instanceSidecarConfiguration.resources).toHaveProperty("limits.memory");
});

test("each folder begins with a base backup, then they are made on a schedule", async () => {
  const { metadata, spec } = find(
    await recorded({ schedule: "30 4 * * *", server: "acci-dr-2" }),
    "kubernetes:postgresql.cnpg.io/v1:ScheduledBackup",
    "postgres-base-backups",
  ).inputs;
  // The operator makes the first when it sees a name for the first time.
  expect(metadata.name).toBe("acci-dr-2");
  expect(spec).toMatchObject({ schedule: "0 30 4 * * *", immediate: true, method: "plugin" });
});

test("a recovered database comes from another's folder, with the owner this stack knows", async () => {
  const recover = { from: "acci-prod", at: "2026-01-01T12:00:00Z" };
  const { bootstrap, externalClusters, plugins } = await clusterOf({ server: "acci-dr-2", recover });
  expect(Object.keys(bootstrap)).toEqual(["recovery"]);
  expect(bootstrap.recovery).toMatchObject({ owner: "acci", secret: { name: "postgres-owner" } });
  expect(externalClusters[0].plugin.parameters.serverName).toBe("acci-prod");
  expect(plugins[0].parameters.serverName).toBe("acci-dr-2");
});

test("written WAL waits no longer than it may be lost", async () => {
  expect((await clusterOf()).postgresql.parameters.archive_timeout).toBe("45s");
  expect((await clusterOf({ timeoutSeconds: 20 })).postgresql.parameters.archive_timeout).toBe("20s");
});

describe("a database that is made for a failover from the archive", () => {
  const config = configured({}, { restore: { from: "archive" } });
  const made = (changed: object = {}) =>
    record(
      (opts) =>
        void buildStack(
          config,
          { ...knownOf(config), epoch: 2, database: { server: "acci-dr-2", recovery: { ...recovery, ...changed } } },
          opts,
        ),
      { stack: "dr" },
    );

  test("comes from the base backup that was judged, and all WAL after it, or until a moment", async () => {
    const { inputs, opts } = find(await made(), CLUSTER, "postgres");
    expect(inputs["spec"].bootstrap.recovery.recoveryTarget).toEqual({ backupID: "20260131T120000" });
    expect(inputs["spec"].externalClusters[0].plugin.parameters.serverName).toBe("acci-prod");
    expect(JSON.parse(inputs["metadata"].annotations["acci.dev/recovery"])).toEqual(recovery);
    // As long as a restore may take: the replay of much WAL is most of it.
    expect([opts.customTimeouts?.create, inputs["metadata"].annotations["pulumi.com/timeoutSeconds"]]).toEqual([
      "240m",
      "14400",
    ]);
    const at = "2026-01-31T12:30:00.000Z";
    const { spec } = find(await made({ at }), CLUSTER, "postgres").inputs;
    expect(spec.bootstrap.recovery.recoveryTarget).toEqual({
      backupID: "20260131T120000",
      targetTime: "2026-01-31 12:30:00.000+00",
    });
  });

  test("archives to the folder of its epoch, which the agent records; the tools know how it was made", async () => {
    const all = await made();
    const { spec } = find(all, CLUSTER, "postgres").inputs;
    expect(spec.plugins[0].parameters.serverName).toBe("acci-dr-2");
    expect(
      find(all, "kubernetes:postgresql.cnpg.io/v1:ScheduledBackup", "postgres-base-backups").inputs["metadata"].name,
    ).toBe("acci-dr-2");
    const valueOf = (type: string, name: string, variable: string) =>
      find(all, type, name).inputs["spec"].template.spec.containers[0].env.find((one: any) => one.name === variable)
        .value;
    expect(valueOf("kubernetes:apps/v1:Deployment", "backup-agent", "ACCI_ARCHIVE_SERVER")).toBe("acci-dr-2");
    expect(JSON.parse(valueOf("kubernetes:batch/v1:Job", "failover", "ACCI_RESTORE"))).toMatchObject({
      from: "archive",
      archive: recovery,
    });
  });
});

test("its key is secret, and made by nobody when it is not given", async () => {
  const { inputs } = find(await recorded(), "kubernetes:core/v1:Secret", "postgres-archive");
  expect(isSecret(inputs["stringData"])).toBe(true);
  expect(inputs["stringData"].value).toMatchObject({ accessKeyId: "archive", "ca.crt": "authority" });
  const without = await recorded({}, { storeKeys: { ...storeKeys, walArchive: undefined } });
  expect(without.filter(({ name, type }) => name === "postgres-archive" && type.endsWith(":Secret"))).toEqual([]);
});

test("the plugin is installed beside the operator, after what it needs", async () => {
  const { inputs, opts } = find(await recorded(), "kubernetes:helm.sh/v3:Release", "addons-barman-plugin");
  expect([inputs["name"], inputs["namespace"]]).toEqual(["plugin-barman-cloud", "cnpg-system"]);
  expect(opts.dependsOn).toHaveLength(2);
});

test("the way to the store is opened for the database", async () => {
  const policy = (name: string, from: Awaited<ReturnType<typeof recorded>>) =>
    from.find((r) => r.name === `network-policies-${name}`)?.inputs["spec"];
  const on = await recorded();
  const database = { podSelector: { matchLabels: { "cnpg.io/cluster": "postgres" } } };
  expect(policy("postgres-to-store", on)).toMatchObject({ ...database, policyTypes: ["Egress"] });
  const config = parseConfig("dr", values);
  const off = await record((opts) => void buildStack(config, knownOf(config), opts), { stack: "dr" });
  expect(policy("postgres-to-store", off)).toBeUndefined();
});

test("the quota has room for the plugin beside each instance", () => {
  const pods = (demands: ReturnType<typeof demandsOf>) => demands.reduce((sum, demand) => sum + demand.pods, 0);
  const config = configured({});
  const { walArchive: _, ...postgres } = config.postgres;
  expect(pods(demandsOf(config)) - pods(demandsOf({ ...config, postgres }))).toBe(config.postgres.instances + 1);
});

test("breaks no rule of the policy pack", async () => {
  const subjects = (await recorded()).map((resource) => subjectOf("dr", resource));
  expect(judge(subjects).filter(({ level }) => level === "mandatory")).toEqual([]);
});
