import { kubectl } from "../../local/cluster/cluster.ts";
import { outputs, pulumi } from "../../local/stack/pulumi.ts";
import type { Catalogue } from "../../backup/catalogue/schema.ts";
import { promoteDev } from "./promotion.ts";
import { command, dev, Site, tenant, until } from "./site.ts";

const dr = new Site("acci-dr", "dr.acci-framework.dev");

/** What the dr stack must be told to fit beside dev and to stand in for it. */
const rehearsal = {
  "acci:footprint": { requests: 6, limits: 12, volumes: 2 },
  "acci:platform": { certManager: { mode: "preinstalled" } },
  "acci:tls": { issuer: "acme-of-dr" },
  "acci:exposure": { host: dr.host },
  "acci:postgres": { antiAffinity: "preferred", instances: 2 },
  "acci:backups": { store: { prefix: "dev" } },
};

const upDr = () => pulumi("dr", ["up", "--yes", "--skip-preview"], { config: rehearsal });
const catalogue = async () => JSON.parse(await command("backups", "STACK=dev", "ARGS=--json")) as Catalogue;

/** Of every tenant's notes, in the order of their ids. */
const contentOf = (site: Site) => site.sql("SELECT md5(string_agg(n::text, '|' ORDER BY id)) FROM notes n");

async function scaleDev(replicas: number): Promise<void> {
  await dev.kube(["scale", "deployment/watch", `--replicas=${Math.min(1, replicas)}`]);
  await dev.kube(["scale", "deployment/acci-framework", `--replicas=${replicas}`]);
}

describe("when the site is lost", () => {
  let before: string[];
  let first: string;

  beforeAll(async () => {
    await promoteDev();
    ({ id: first } = await dev.writeNote("before the disaster"));
    await command("backup", "STACK=dev");
    before = await contentOf(dev);
  });

  it("a preview of dr says which dump it would bring back, and from whom", async () => {
    const { entries } = await catalogue();
    const shown = await pulumi("dr", ["preview"], { config: rehearsal });
    expect(shown).toContain(`takes over from acci-dev with ${entries.at(-1)!.id}`);
  });

  it("dr refuses to take over while the site lives, and says so", async () => {
    await expect(upDr()).rejects.toThrow(
      /site acci-dev: must be dead to be taken over from, got a sign of life \d+ s ago/,
    );
    expect((await catalogue()).site).toBe("acci-dev");
    expect(await dr.kube(["get", "deployments", "-o", "name"])).not.toContain("acci-framework");
  });

  it("one `pulumi up` brings it back: same rows, row-level security on, application and validated route", async () => {
    await scaleDev(0);
    await until("silence of the lost site", 120, async () => {
      await upDr();
      return true;
    });
    expect(await contentOf(dr)).toEqual(before);
    expect(JSON.parse((await dr.readNote(first)).body)).toMatchObject({ title: "before the disaster" });
    expect((await dr.readNote(first, "0d3f5b1c-52a5-4b52-8a44-1f7f3f0a9c22")).status).toBe(404);
    const { takeover } = (await outputs("dr")) as { takeover: { rpoSeconds: number; phases: Record<string, number> } };
    process.stdout.write(`takeover: ${JSON.stringify(takeover)}\n`);
    expect(takeover).toMatchObject({ site: "acci-dr", rows: expect.any(Number) });
  });

  it("`pulumi up` again restores nothing", async () => {
    const { id } = await dr.writeNote("written on dr");
    await upDr();
    expect((await dr.readNote(id)).status).toBe(200);
  });

  it("the old site, come back, takes no write and can publish no dump", async () => {
    await scaleDev(2);
    await until("the old site's database to be read-only", 120, async () => {
      const [setting] = await dev.sql("SELECT setting FROM pg_settings WHERE name = 'transaction_read_only'");
      return setting === "on";
    });
    await expect(dev.writeNote("lost")).rejects.toThrow(/must answer 201/);
    await expect(command("backup", "STACK=dev")).rejects.toThrow(/may not publish/);
  });

  it("the way back is the same, and loses nothing that was written on dr", async () => {
    const { id } = await dr.writeNote("the last one on dr", tenant);
    await command("fence", "STACK=dr");
    await command("backup", "STACK=dr");
    const last = await contentOf(dr);
    const shown = await pulumi("dev", ["up", "--yes", "--skip-preview"], {
      config: { "acci:restore": { replace: true } },
    });
    expect(shown).toMatch(/acci-dev is in charge since epoch \d+/);
    await until("dev to serve again", 120, async () => (await dev.ask("/health")).status === 200);
    expect(await contentOf(dev)).toEqual(last);
    expect((await dev.readNote(id)).status).toBe(200);
    await dev.writeNote("back home");
    await command("backup", "STACK=dev");
    await expect(command("backup", "STACK=dr")).rejects.toThrow(/may not publish/);
  });

  afterAll(async () => {
    await pulumi("dev", ["up", "--yes", "--skip-preview"]);
    await pulumi("dr", ["state", "unprotect", "--all", "--yes"]).catch(() => undefined);
    await pulumi("dr", ["destroy", "--yes", "--skip-preview"], { config: rehearsal }).catch(() => undefined);
    await kubectl(["delete", "namespace", dr.namespace, "--ignore-not-found", "--wait=true", "--timeout=300s"]);
  });
});
