import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import type { Entry } from "../../../backup/catalogue/schema.ts";
import { project } from "../../../tooling/paths.ts";
import type { Drill } from "../../../backup/drill/record.ts";
import { catalogueOf } from "../support/dumps.ts";
import { command, kube, kubeJson, sql, tenant, until, writeNote } from "../support/site.ts";

const catalogue = () => catalogueOf("dev");
/** A unique name, because a dump that an earlier Job of the same name has published would count as this one's. */
const unique = (job: string) => `${job}-${Date.now().toString(36)}`;
const KILLED = unique("killed");
const entries = async (): Promise<readonly Entry[]> => (await catalogue())?.entries ?? [];
/** The dumps made since then. Their number would prove nothing, because a run also removes what retention no longer keeps. */
const newSince = async (before: readonly Entry[]) =>
  (await entries()).filter(({ id }) => !before.some((known) => known.id === id));

/** Writes notes until the returned function is called, which returns their number. */
function writing(): () => Promise<number> {
  let stopped = false;
  const done = (async () => {
    let written = 0;
    for (; !stopped; written++) await writeNote(`under way ${written}`, tenant);
    return written;
  })();
  return () => {
    stopped = true;
    return done;
  };
}

/** Starts a run with a short lease, so that it soon counts as dead after it is killed. */
async function startKilled(): Promise<void> {
  const create = ["create", "job", KILLED, "--from=cronjob/backup", "--dry-run=client", "--output=json"];
  const job = JSON.parse(await kube(create)) as {
    spec: { template: { spec: { initContainers: { name: string; env: object[] }[] } } };
  };
  const dump = job.spec.template.spec.initContainers.find(({ name }) => name === "dump")!;
  dump.env.push({ name: "ACCI_LEASE_SECONDS", value: "10" });
  await kube(["create", "-f", "-"], JSON.stringify(job));
}

interface Pod {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly initContainers: { name: string }[]; readonly containers: { name: string }[] };
}

interface List<T> {
  readonly items: readonly T[];
}

interface Monitor {
  readonly spec: {
    readonly endpoints: readonly { port: string }[];
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
  };
}

interface Service {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly ports: readonly { name: string; port: number }[] };
}

describe("make backup-create", () => {
  it("dumps while the site is written to, verifies the dump, and only then publishes it", async () => {
    const before = await entries();
    const stop = writing();
    const shown = await command("backup-create");
    const written = await stop();
    expect(written).toBeGreaterThan(0);
    expect(shown).toMatch(/was restored and compared, and is the latest/);
    const added = await newSince(before);
    expect(added).toHaveLength(1);
    const [notes] = await sql("SELECT count(*) FROM notes");
    const entry = added[0]!;
    expect(entry).toMatchObject({ status: "verified", class: "manual", site: "acci-dev" });
    expect(entry.image).toMatch(/acci-framework:dev@sha256:/);
    expect(entry.rows).toBeLessThanOrEqual(Number(notes) + 1);
    expect(entry.rows).toBeGreaterThan(Number(notes) - written);
  });

  it("lists the dumps for people as well", async () => {
    expect(await command("backup-list")).toMatch(
      /^DUMP\s.*STATUS\n(.*verified\n)+\n\d+ verified, 0 bad; acci-dev is active/m,
    );
  });

  it("leaves the dumps before as they were when the database cannot be dumped", async () => {
    const before = await catalogue();
    await sql("CREATE SUBSCRIPTION elsewhere CONNECTION 'host=nowhere' PUBLICATION notes WITH (connect = false)");
    try {
      await expect(command("backup-create")).rejects.toThrow(
        /subscription elsewhere, of postgres; drop it before a dump/,
      );
    } finally {
      await sql("ALTER SUBSCRIPTION elsewhere SET (slot_name = NONE); DROP SUBSCRIPTION elsewhere");
    }
    expect(await catalogue()).toEqual(before);
    await until("the metric of the failure", 60, async () =>
      (await metrics()).includes('acci_backup_last_run_exit_code{site="acci-dev"} 78'),
    );
  });

  it("lets one of two runs at once through, and tells the other who is at work", async () => {
    const before = await entries();
    const jobs = [unique("at-once-a"), unique("at-once-b")];
    await Promise.all(jobs.map((job) => kube(["create", "job", job, "--from=cronjob/backup"])));
    const ended = async (job: string) =>
      (await kube(["get", "job", job, "-o", "jsonpath={.status.conditions[?(@.status=='True')].type}"])).split(" ");
    const is = async (type: string) =>
      (await Promise.all(jobs.map(ended))).filter((types) => types.includes(type)).length;
    try {
      await until("both to end", 240, async () => (await is("Complete")) + (await is("Failed")) === 2);
      expect([await is("Complete"), await is("Failed")]).toEqual([1, 1]);
      expect(await newSince(before)).toHaveLength(1);
      const logs = await Promise.all(jobs.map((job) => kube(["logs", `job/${job}`, "--container=dump"])));
      expect(logs.join("\n")).toMatch(/dump: .*: at-once-[ab]-\S+ is at work since/);
    } finally {
      await kube(["delete", "jobs", ...jobs, "--wait=true"]);
    }
  }, 300_000);

  it("leaves nothing of a run whose pod is killed, and the next one succeeds", async () => {
    const before = await entries();
    await startKilled();
    await until("the dump to start", 120, async () =>
      (
        await kube([
          "get",
          "pods",
          `--selector=job-name=${KILLED}`,
          "-o",
          "jsonpath={..initContainerStatuses[?(@.name=='dump')].state}",
        ])
      ).includes("startedAt"),
    );
    await kube(["delete", "job", KILLED, "--cascade=foreground", "--grace-period=0", "--force"]);
    expect((await newSince(before)).length).toBeLessThanOrEqual(1);
    const known = await entries();
    // The dead run's lease has to expire first.
    await until("a run", 240, async () => {
      await command("backup-create");
      return true;
    });
    expect(await newSince(known)).toHaveLength(1);
  }, 360_000);
});

const metrics = () =>
  kube([
    "exec",
    "deployment/backup-agent",
    "--",
    "node",
    "-e",
    "fetch('http://127.0.0.1:9090/metrics').then(async (a) => console.log(await a.text()))",
  ]);

describe("a run", () => {
  it("gives each step the keys it needs and no others", async () => {
    const { items } = await kubeJson<{ items: (Pod & { spec: { volumes: object[] } })[] }>([
      "get",
      "pods",
      "-l",
      "app.kubernetes.io/name=backup",
    ]);
    const steps = items[0]!.spec;
    const mounts = Object.fromEntries(
      [...steps.initContainers, ...steps.containers].map((container) => [
        container.name,
        (container as unknown as { volumeMounts: { name: string }[] }).volumeMounts.map(({ name }) => name),
      ]),
    );
    expect(mounts["dump"]).not.toContain("pruner");
    expect(mounts["verify"]).not.toContain("database");
    expect(mounts["prune"]).toEqual(["tmp", "pruner"]);
    expect(mounts["verification-server"]).toEqual(["tmp", "verification"]);
  });

  it("cannot delete from the store what it wrote", async () => {
    const script = `
      const { openStore } = await import("/app/backup/store/store.ts");
      const { storeSettings } = await import("/app/backup/store/settings.ts");
      const store = openStore(storeSettings("/etc/acci/store"));
      console.log(JSON.stringify(await store.remove(["catalogue.json"])));
      process.exit(0);`;
    const shown = await kube(["exec", "deployment/backup-agent", "--", "node", "--input-type=module", "-e", script]);
    expect(JSON.parse(shown.trim().split("\n").at(-1)!)).toMatchObject([{ key: "catalogue.json" }]);
    expect(await catalogue()).not.toBeNull();
  });
});

describe("make drill-run", () => {
  it("restores the newest dump beside the site, has the application serve it, and leaves a record and nothing else", async () => {
    const before = JSON.parse(await command("drill-list", "ARGS=--json")) as Drill[];
    const shown = await command("drill-run");
    expect(shown).toMatch(/the drill went well: \d+ rows of acci-dev-\S+ served after [\d.]+ s/);
    const after = JSON.parse(await command("drill-list", "ARGS=--json")) as Drill[];
    const drill = after.at(-1)!;
    expect(after.filter(({ startedAt }) => !before.some((known) => known.startedAt === startedAt))).toEqual([drill]);
    expect(drill).toMatchObject({
      exitCode: 0,
      dump: (await entries()).at(-1)!.id,
      phases: { restoring: expect.any(Number) },
    });
    process.stdout.write(`drill: ${JSON.stringify(drill)}\n`);
    expect(await command("drill-list", "ARGS=--html")).toContain("<svg");
    await until("the metric of the drill", 60, async () =>
      (await metrics()).includes(`acci_drill_rto_seconds{site="acci-dev"} ${drill.rtoSeconds}`),
    );
    await until("the drill's volume to be gone", 60, async () => {
      const pods = await kube([
        "get",
        "pods",
        "--selector=app.kubernetes.io/name=drill",
        "--field-selector=status.phase=Running",
        "-o",
        "name",
      ]);
      return pods === "";
    });
  });
});

describe("the agent", () => {
  it("shows the dumps as metrics", async () => {
    const shown = await metrics();
    expect(shown).toMatch(/acci_backup_entries\{.*status="verified"\} [1-9]/);
    expect(shown).toMatch(/acci_backup_age_seconds\{site="acci-dev"\} \d/);
  });

  it("is what Prometheus is told to scrape, and its alerts are on the cluster", async () => {
    const { items: monitors } = await kubeJson<List<Monitor>>(["get", "servicemonitors"]);
    const services = await Promise.all(
      monitors.map(async ({ spec: { endpoints, selector } }) => {
        const labels = Object.entries(selector.matchLabels).map((pair) => pair.join("="));
        const found = await kubeJson<List<Service>>(["get", "services", "-l", labels.join(",")]);
        const ports = endpoints.map(({ port }) => port);
        return found.items.map(({ metadata, spec }) => [
          metadata.name,
          spec.ports.filter(({ name }) => ports.includes(name)).map(({ port }) => port),
        ]);
      }),
    );
    expect(services.flat().sort()).toEqual([
      ["acci-framework", [9090]],
      ["backup-agent", [9090]],
    ]);
    const { items: rules } = await kubeJson<List<{ spec: object }>>(["get", "prometheusrules"]);
    const folder = path.join(project, "assets", "alerts");
    // dev has no WAL archive, no exporter of the cache and no canary, so it has no alerts on them.
    const files = readdirSync(folder).filter((file) => !/\.test\.yaml$|^(archive|cache|rollouts)\./.test(file));
    const generated = ["site", "slo"];
    expect(rules).toHaveLength(files.length + generated.length);
    for (const file of files)
      expect(rules.map(({ spec }) => spec)).toContainEqual(parse(readFileSync(path.join(folder, file), "utf8")));
  });
});
