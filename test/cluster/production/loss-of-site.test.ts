import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import path from "node:path";
import type { Report } from "../../../backup/contract/shapes.ts";
import { kubectl } from "../../../local/cluster/cluster.ts";
import { nodeAddress } from "../../../local/lib/addresses.ts";
import { inState } from "../../../local/lib/paths.ts";
import { bin } from "../../../tooling/paths.ts";
import { outputs } from "../../../local/stack/pulumi.ts";
import { killUpDuring } from "../support/background.ts";
import { dr, rehearsal } from "../support/dr.ts";
import { catalogueOf } from "../support/dumps.ts";
import { destroySite } from "../support/destroy-site.ts";
import { RunbookRunner } from "../support/runbook-runner.ts";
import {
  destroyProd,
  prod,
  pulumiProd,
  rehearsal as ofProd,
  HEARTBEAT_TIMEOUT_SECONDS,
  upProd,
} from "../support/production.ts";
import { promoteDev } from "../support/promotion.ts";
import { command, otherTenant, type Site, tenant, until } from "../support/site.ts";
import { addShop, contentOf, differences, forgotten } from "../support/traps.ts";

/** Both stacks have their own configuration, beside dev on one node. */
const config = { prod: ofProd, dr: rehearsal };
const operator = new RunbookRunner("prod", { config });
/** The reverse: dr is the site, and prod stands in for it. */
const inReverse = new RunbookRunner("dr", {
  dr: "prod",
  config: { ...config, prod: { ...ofProd, "acci:restore": { replace: true } } },
});
const catalogue = async (asked = "prod") => (await catalogueOf(asked))!;

/** Enough rows that a restore can be interrupted in its middle. */
const MANY = `
  INSERT INTO notes (id, tenant_id, title, body)
  SELECT gen_random_uuid(), CASE WHEN g % 2 = 0 THEN '${tenant}'::uuid ELSE '${otherTenant}'::uuid END, 'note ' || g, repeat(md5(g::text), 10)
  FROM generate_series(1, 150000) g`;

async function scaleProd(replicas: number): Promise<void> {
  await prod.kube(["scale", "deployment/backup-agent", `--replicas=${Math.min(1, replicas)}`]);
  await prod.kube(["scale", "deployment/acci-framework", `--replicas=${replicas}`]);
}

/** Seconds since the last heartbeat of a site. */
const silenceOf = (site: string) =>
  (Date.now() - statSync(path.join(inState("store"), "acci-backups", "acci", "sites", site)).mtimeMs) / 1000;

const isReadOnly = async (site: Site) =>
  (await site.sql("SELECT setting FROM pg_settings WHERE name = 'transaction_read_only'"))[0] === "on";

const logOf = (pods: string) =>
  dr.kube(["logs", `--selector=app.kubernetes.io/name=${pods}`, "--tail=-1"]).catch(() => "");

/** Stops the platform's object store in the middle of its work, or continues it. Tests that run beside have their own stores. */
const signalStore = (signal: "STOP" | "CONT") =>
  execFileSync("pkill", [`-${signal}`, "-f", `^${path.join(bin, "versitygw")} --port ${nodeAddress}:`]);

describe("when the site is lost", () => {
  let before: Awaited<ReturnType<typeof contentOf>>;
  let first: string;

  beforeAll(async () => {
    await promoteDev();
    await upProd();
    await addShop(prod);
    await prod.sql(MANY);
    ({ id: first } = await prod.writeNote("before the disaster"));
    await command("backup-create", "STACK=prod");
    before = await contentOf(prod);
  });

  it("a preview of dr says which dump it would bring back, and from whom", async () => {
    const { entries } = await catalogue();
    const shown = await operator.runCommands(["pulumi preview -s dr"]);
    expect(shown).toContain(`fails over from acci-prod with ${entries.at(-1)!.id}`);
    // dr gets the image that prod runs, so that the preview has no note on it.
    expect(shown).not.toContain("acci:image.version: is ");
  });

  it("dr refuses to fail over while the site lives, and says so", async () => {
    await expect(operator.follow("loss-of-site", "Bring it back")).rejects.toThrow(
      /site acci-prod: must be dead for a failover, got a heartbeat \d+ s ago/,
    );
    expect((await catalogue()).site).toBe("acci-prod");
    expect(await dr.kube(["get", "deployments", "-o", "name"])).not.toContain("acci-framework");
  });

  it("an update that is killed while its pod, the database and the store fail as well changes nothing", async () => {
    await scaleProd(0);
    await until("silence of the lost site", 120, async () => silenceOf("acci-prod") > HEARTBEAT_TIMEOUT_SECONDS + 2);
    try {
      await killUpDuring("dr", rehearsal, async () => {
        if (!(await logOf("restore")).includes("restoring …")) return false;
        signalStore("STOP");
        return true;
      });
      expect(await logOf("restore")).not.toContain("activating …");
      await dr.kube(["delete", "pods", "--selector=app.kubernetes.io/name=restore", "--grace-period=0", "--force"]);
      await dr.kube(["delete", "pods", "--selector=cnpg.io/instanceRole=primary", "--grace-period=0", "--force"]);
    } finally {
      signalStore("CONT");
    }
    expect(differences(before, await contentOf(prod))).toEqual([]);
  });

  it("one that is killed while the application comes up leaves the next one that alone to do", async () => {
    await killUpDuring("dr", rehearsal, async () => {
      const pending = ["get", "secrets", "--selector=owner=helm,status=pending-install", "--output=name"];
      return (await dr.kube(pending)) !== "";
    });
    // The lost site cannot list the dumps, so dr is asked.
    expect((await catalogue("dr")).site).toBe("acci-dr");
    expect(differences(before, await contentOf(dr))).toEqual([]);
  });

  it("the runbook brings it back: same rows, row-level security on, route and metrics validated, all of it measured", async () => {
    await operator.follow("loss-of-site", "Bring it back");
    expect(differences(before, await contentOf(dr))).toEqual([]);
    expect(await forgotten(dr)).toEqual([]);
    expect(JSON.parse((await dr.readNote(first)).body)).toMatchObject({ title: "before the disaster" });
    expect((await dr.readNote(first, otherTenant)).status).toBe(404);
    expect(await operator.follow("loss-of-site", "See what was lost")).toContain("acci-dr is active");
    const { failover } = (await outputs("dr")) as { failover: Report };
    process.stdout.write(`failover: ${JSON.stringify(failover)}\n`);
    expect(failover).toMatchObject({ site: "acci-dr", rows: expect.any(Number), validatedAt: expect.any(String) });
    expect(failover.rtoSeconds).toBeGreaterThan(failover.phases["infrastructure"]!);
    expect(await logOf("smoke-test")).toContain(`https://${dr.host}/health: as it must be`);
  });

  it("`pulumi up` again restores nothing", async () => {
    const { id } = await dr.writeNote("written on dr");
    await operator.runCommands(["pulumi up -s dr"]);
    expect((await dr.readNote(id)).status).toBe(200);
    const shown = await operator.runCommands(["pulumi preview -s dr"]);
    expect(shown).not.toMatch(/Undefined value|^\s*[-+~]\s+failover/m);
  });

  it("the way back is the same, and loses nothing that was written on dr", async () => {
    await scaleProd(2);
    const { id } = await dr.writeNote("the last one on dr", tenant);
    await operator.follow("failback", "Hand over");
    const last = await contentOf(dr);
    const shown = await operator.follow("failback", "Fail over");
    expect(shown).toMatch(/acci-prod is active since epoch \d+/);
    await until("prod to serve again", 120, async () => (await prod.ask("/health")).status === 200);
    expect(differences(last, await contentOf(prod))).toEqual([]);
    expect((await prod.readNote(id)).status).toBe(200);
    await prod.writeNote("back home");
    await command("backup-create", "STACK=prod");
    await expect(command("backup-create", "STACK=dr")).rejects.toThrow(/may not publish/);
  });

  it("until it is confirmed, the database of before is one command away", async () => {
    const back = ["Go back to what was here before", "Confirm"] as const;
    await operator.follow("failback", back[0]);
    expect(differences(before, await contentOf(prod))).toEqual([]);
    await until("prod to serve again", 120, async () => (await prod.readNote(first)).status === 200);
    await prod.writeNote("on the database of before");
    expect(await operator.follow("failback", back[1])).toMatch(/acci_undone_\d+/);
    expect(await prod.sql("SELECT datname FROM pg_database WHERE datname ~ '^acci_(before|undone)'")).toEqual([]);
  });

  it("a site that another fails over from while it lives takes no write, is not ready and can publish no dump", async () => {
    await operator.runCommands([
      "pulumi config set --path acci:restore.evenIfAlive true -s dr",
      "pulumi config set --path acci:restore.replace true -s dr",
      "pulumi up -s dr",
    ]);
    await until("the old site's database to be read-only", 120, () => isReadOnly(prod));
    await expect(prod.writeNote("lost")).rejects.toThrow(/must answer 201/);
    const ready = ["get", "deployment", "acci-framework", "--output=jsonpath={.status.readyReplicas}"];
    await until("the old site to be unready", 120, async () => (await prod.kube(ready)) === "");
    await expect(command("backup-create", "STACK=prod")).rejects.toThrow(/may not publish/);
  });

  it("with the namespace and the state of the active site destroyed, the other has all of its last dump", async () => {
    const { id } = await dr.writeNote("before dr is destroyed");
    await command("backup-create", "STACK=dr");
    const last = await contentOf(dr);
    await destroySite("dr");
    await until("silence of the destroyed site", 120, async () => silenceOf("acci-dr") > HEARTBEAT_TIMEOUT_SECONDS + 2);
    await inReverse.follow("loss-of-site", "Bring it back");
    await until("prod to serve again", 120, async () => (await prod.readNote(id)).status === 200);
    expect(differences(last, await contentOf(prod))).toEqual([]);
  });

  afterAll(async () => {
    signalStore("CONT");
    await destroySite("dr");
  });
});

describe("pulumi destroy of prod", () => {
  it("refuses while its data is protected, before anything is touched", async () => {
    await expect(pulumiProd("destroy", "--yes", "--skip-preview")).rejects.toThrow(/Guard::guard.* cannot be deleted/s);
    expect((await prod.ask("/health")).status).toBe(200);
    expect(await prod.kube(["get", "deployments", "-o", "name"])).toMatch(/acci-framework[\s\S]*backup-agent/);
  });

  it("keeps the data even when the protection was lifted", async () => {
    await destroyProd();
    expect(await prod.kube(["get", "cluster", "postgres", "-o", "jsonpath={.status.readyInstances}"])).toBe("3");
    expect(await prod.kube(["get", "pvc", "-o", "name"])).toMatch(
      /postgres-1[\s\S]*data-redis-0|data-redis-0[\s\S]*postgres-1/,
    );
  });

  it("leaves no key of an ACME account behind", async () => {
    const keys = async () => kubectl(["-n", "cert-manager", "get", "secrets", "-o", "name"]);
    await until("the key to go with its issuer", 60, async () => !(await keys()).includes("acme-of-prod-account"));
  });

  afterAll(() => destroySite("prod"));
});
