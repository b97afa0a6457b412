import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import path from "node:path";
import { DeleteObjectCommand, GetObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { authority, kubectl } from "../../../local/cluster/cluster.ts";
import { buckets, storeEndpoint } from "../../../local/cluster/store.ts";
import { merge } from "../../../tooling/maps.ts";
import { project } from "../../../tooling/paths.ts";
import { pulumi } from "../../../local/stack/pulumi.ts";
import { inPlaceOfDev } from "../support/dr.ts";
import { promoteDev } from "../support/promotion.ts";
import { RunbookRunner } from "../support/runbook-runner.ts";
import { command, dev, kube, kubeJson, namespace, readNote, secret, sql, until, writeNote } from "../support/site.ts";

/** Server names in the archive that no earlier run has written to. */
const [first, second] = [1, 2].map((life) => `dev-${Date.now().toString(36)}-${life}`) as [string, string];

const up = (walArchive: Record<string, unknown> | undefined, ...args: string[]) =>
  pulumi("dev", ["up", "--yes", "--skip-preview", ...args], {
    ...(walArchive ? { config: { "acci:postgres": { walArchive } } } : {}),
  });

/** Configuration of dr to recover the archive of dev. */
const fromArchive = merge(inPlaceOfDev({ requests: 6, limits: 12, volumes: 2 }), {
  "acci:postgres": { walArchive: {} },
  "acci:restore": { from: "archive" },
});

interface Backups {
  readonly items: readonly { metadata: { name: string }; status?: { phase?: string; error?: string } }[];
}

/** Waits for a base backup to the archive of that server name; the stack names its backups after it. */
const baseBackup = (server: string) =>
  until(`a base backup in ${server}`, 180, async () => {
    const { items } = await kubeJson<Backups>(["get", "backups.postgresql.cnpg.io"]);
    const ours = items.filter(({ metadata }) => metadata.name.startsWith(server));
    const failed = ours.find(({ status }) => status?.phase === "failed");
    if (failed) throw new Error(`${failed.metadata.name}: ${failed.status?.error}`);
    return ours.some(({ status }) => status?.phase === "completed");
  });

/** Switches to the next WAL segment, and waits until the last one is archived. */
async function seal(): Promise<void> {
  const [piece] = await sql("SELECT pg_walfile_name(pg_switch_wal())");
  await until(`${piece} in the archive`, 60, async () => {
    const [last] = await sql("SELECT last_archived_wal FROM pg_stat_archiver");
    return last !== undefined && last >= piece!;
  });
}

/** A client of the archive's store, with the database's own key. */
async function storeOfArchive(): Promise<S3Client> {
  const { accessKeyId, secretAccessKey } = (await secret("postgres-archive")) as Record<string, string>;
  return new S3Client({
    endpoint: storeEndpoint,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId: accessKeyId!, secretAccessKey: secretAccessKey! },
    requestHandler: { httpsAgent: new Agent({ ca: authority() }) },
  });
}

/** Whether the service account of the database may do that: yes or no. */
const allowed = (verb: string, what: string) =>
  kubectl(["auth", "can-i", verb, what, "-n", namespace, `--as=system:serviceaccount:${namespace}:postgres`]).then(
    (answer) => answer.trim(),
    () => "no",
  );

async function hasPlugin(): Promise<boolean> {
  const names = "jsonpath={.items[*].spec.initContainers[*].name}";
  const containers = await kube(["get", "pods", "-l", "cnpg.io/podRole=instance", "-o", names]);
  return containers.split(" ").includes("plugin-barman-cloud");
}

const serves = () =>
  until("the site to take notes", 180, () =>
    writeNote("is it there").then(
      () => true,
      () => false,
    ),
  );

describe("with a WAL archive", () => {
  let client: S3Client;

  beforeAll(async () => {
    await up({ server: first });
    await baseBackup(first);
    await serves();
  });

  it("the database has the plugin beside it, under the rules of its namespace", async () => {
    expect(await hasPlugin()).toBe(true);
    expect(await allowed("get", "secrets/postgres-archive")).toBe("yes");
    expect(await allowed("get", "secrets/backup-writer")).toBe("no");
    expect(await allowed("list", "secrets")).toBe("no");
  });

  it("its key opens and removes nothing but the archive", async () => {
    const own = await storeOfArchive();
    const denied = { name: "AccessDenied" };
    const dump = { Bucket: buckets.backup, Key: "dev/catalogue.json" };
    await expect(own.send(new GetObjectCommand(dump))).rejects.toMatchObject(denied);
    await expect(own.send(new DeleteObjectCommand(dump))).rejects.toMatchObject(denied);
  });

  it("shows the metrics that the alerts ask for", async () => {
    const rules = readFileSync(path.join(project, "assets/alerts/archive.yaml"), "utf8");
    const asked = new Set(rules.match(/\b(cnpg|barman_cloud)_\w+/g));
    const [pod] = (await kube(["get", "pods", "-l", "cnpg.io/instanceRole=primary", "-o", "name"]))
      .trim()
      .split("/")
      .slice(1);
    const metrics = await kubectl(["get", "--raw", `/api/v1/namespaces/${namespace}/pods/${pod}:9187/proxy/metrics`]);
    expect([...asked].filter((name) => !metrics.includes(`\n${name}`))).toEqual([]);
  });

  it("a database that exists is not recovered; a new one has every row of that moment and none of a later one", async () => {
    const { id } = await writeNote("before the accident");
    const before = await dev.contentOfNotes();
    const clock = `to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
    const [at] = await sql(`SELECT ${clock}`);
    await writeNote("after it");
    await sql("DELETE FROM notes");
    await seal();
    const recovered = { server: second, recover: { from: first, at } };
    await expect(up(recovered)).rejects.toThrow(/acci:postgres.walArchive.recover: makes a new database only/);
    expect(await sql("SELECT count(*) FROM notes")).toEqual(["0"]);

    await kube(["delete", "clusters.postgresql.cnpg.io", "postgres", "--cascade=foreground"]);
    const began = Date.now();
    await up(recovered, "--refresh");
    process.stdout.write(`recovered to ${at} in ${Math.round((Date.now() - began) / 1000)} s\n`);
    expect(await dev.contentOfNotes()).toEqual(before);
    await until("the site to serve", 180, async () => (await readNote(id)).status === 200);
    await writeNote("in the second life");
  });

  it("and is archived itself, in a folder of its own", async () => {
    await baseBackup(second);
    await seal();
  });

  it("a preview of dr says how far that reaches, and refuses it once a segment of it is missing", async () => {
    await promoteDev();
    await command("backup-create");
    await writeNote("after the dump");
    await seal();
    await writeNote("in a later segment");
    await seal();
    const previewed = () => pulumi("dr", ["preview"], { config: fromArchive });
    expect(await previewed()).toContain(`fails over from acci-dev with the archive ${second} up to `);

    const own = await storeOfArchive();
    const Prefix = `dev/wal/${second}/wals/`;
    const segments: string[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client: own }, { Bucket: buckets.backup, Prefix }))
      segments.push(...Contents.flatMap(({ Key = "" }) => (/\/[0-9A-F]{24}\.zst$/.test(Key) ? [Key] : [])));
    const Key = segments.sort().at(-2);
    await own.send(new DeleteObjectCommand({ Bucket: buckets.backup, Key }));
    const [, missing] = /([0-9A-F]{24})\.zst$/.exec(Key!)!;
    await expect(previewed()).rejects.toThrow(
      new RegExp(
        `archive ${second}: must have all WAL since base backup \\w+, but ${missing} is missing.*set acci:restore.from to dump, which brings back acci-dev-`,
      ),
    );
  });

  it("turned off by the runbook, it leaves no right to a secret behind", async () => {
    client = await storeOfArchive();
    await new RunbookRunner("dev").follow("point-in-time", "Turn the archive off");
    for (const what of ["secrets", "secrets/backup-writer", "secrets/acci-framework-migrate"])
      expect(await allowed("get", what)).toBe("no");
    expect(await allowed("list", "secrets")).toBe("no");
  });

  afterAll(async () => {
    await up(undefined);
    // The operator decides when it restarts the database for this change.
    await until("the database without the plugin", 180, async () => !(await hasPlugin()));
    await serves();
    for (const server of [first, second])
      for await (const { Contents = [] } of paginateListObjectsV2(
        { client },
        { Bucket: buckets.backup, Prefix: `dev/wal/${server}/` },
      ))
        for (const { Key } of Contents) await client.send(new DeleteObjectCommand({ Bucket: buckets.backup, Key }));
  });
});
