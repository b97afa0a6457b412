import type { Entry } from "../../../backup/catalogue/schema.ts";
import { catalogueOf } from "../support/dumps.ts";
import { command, kube, kubeJson, until } from "../support/site.ts";

const verified = (entries: readonly Entry[]) => entries.filter(({ status }) => status === "verified");
const entriesIn = async (...args: string[]) => (await catalogueOf("dev", ...args))?.entries ?? [];

const metric = async (name: string) => {
  const script = "fetch('http://127.0.0.1:9090/metrics').then(async (a) => console.log(await a.text()))";
  const shown = await kube(["exec", "deployment/backup-agent", "--", "node", "-e", script]);
  return Number(new RegExp(`^acci_backup_offsite_${name}\\{site="acci-dev"\\} (.+)$`, "m").exec(shown)?.[1]);
};

describe("make offsite-copy", () => {
  let first: readonly Entry[];
  beforeAll(async () => {
    if (verified(await entriesIn()).length === 0) await command("backup-create");
    first = await entriesIn();
  });

  it("brings every verified dump to the second store, and takes none from the first", async () => {
    const shown = await command("offsite-copy");
    expect(shown).toMatch(/copied \d+ dumps, .* to s3:\/\/acci-backups-offsite\/dev at https:/);
    expect(shown).toMatch(/removed 0 dumps and 0 leftovers.*\njob offsite-by-hand-\d+ is complete/s);
    expect(await entriesIn("--offsite")).toEqual(verified(first));
    expect(await entriesIn()).toEqual(first);
  });

  it("has nothing to copy a second time", async () => {
    expect(await command("offsite-copy")).toMatch(/copied 0 dumps, 0 B, to /);
  });

  it("is told by the agent", async () => {
    const newest = verified(first).at(-1)!;
    await until("the metric", 60, async () => (await metric("entries")) === verified(first).length);
    expect(await metric("last_run_exit_code")).toBe(0);
    expect(await metric("last_verified_timestamp_seconds")).toBe(Date.parse(newest.snapshotAt) / 1000);
  });

  it("leaves no way from the first store's keys into the second", async () => {
    const script = `
      const { openStore } = await import("/app/backup/store/store.ts");
      const { storeSettings } = await import("/app/backup/store/settings.ts");
      const second = openStore({ ...storeSettings("/etc/acci/store"), bucket: "acci-backups-offsite" });
      const said = await second.read("catalogue.json").then(() => "read", (error) => error.message);
      console.log(JSON.stringify(said));
      process.exit(0);`;
    const shown = await kube(["exec", "deployment/backup-agent", "--", "node", "--input-type=module", "-e", script]);
    expect(JSON.parse(shown.trim().split("\n").at(-1)!)).toMatch(/does not allow this/);
    const { items } = await kubeJson<{ items: { spec: { volumes: { secret?: { secretName: string } }[] } }[] }>([
      "get",
      "pods",
      "-l",
      "app.kubernetes.io/name in (backup, backup-agent)",
    ]);
    const secrets = items.flatMap(({ spec }) => spec.volumes.map(({ secret }) => secret?.secretName));
    expect(secrets.filter((name) => name?.startsWith("offsite-"))).toEqual([]);
  });
});
