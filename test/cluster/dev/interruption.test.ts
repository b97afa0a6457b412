import { kubectl } from "../../../local/cluster/cluster.ts";
import { pulumi } from "../../../local/stack/pulumi.ts";
import { killUpDuring } from "../support/background.ts";
import { kube, readNote, writeNote } from "../support/site.ts";

/** Different in every run, so that there is a release to interrupt. */
const cacheTtlSeconds = 60 + (Math.floor(Date.now() / 1000) % 3600);

const up = (config = {}) => pulumi("dev", ["up", "--yes", "--skip-preview"], { config });

/** Revisions of a release that helm has left pending. */
const pending = async (release = "acci-framework", namespace = "acci-dev") => {
  const selector = `owner=helm,name=${release},status in (pending-install,pending-upgrade,pending-rollback)`;
  return (await kubectl(["-n", namespace, "get", "secrets", "-l", selector, "-o", "name"])).trim();
};
const isPending = async (...of: [] | [string, string]) => (await pending(...of)) !== "";

const replicas = () =>
  kube(["get", "deployment", "acci-framework", "-o", "jsonpath={.spec.replicas}/{.status.readyReplicas}"]);

const urn = "urn:pulumi:dev::acci::acci:index:Application$kubernetes:helm.sh/v3:Release::application";

/** No pending revision is left, and the next update has nothing to do. */
async function expectRepaired(): Promise<void> {
  expect(await pending()).toBe("");
  await pulumi("dev", ["preview", "--expect-no-changes"]);
}

describe("pulumi up that dies in the middle of a release", () => {
  it("leaves a site that serves, and the next up finishes the work", async () => {
    const config = { "acci:application": { replicas: 3, cacheTtlSeconds } };
    const { id } = await writeNote("before the kill");
    await killUpDuring("dev", config, isPending);

    expect((await readNote(id)).status).toBe(200);
    const said = await up(config);
    expect(said).toMatch(/release acci-framework: revision \d+ is pending-upgrade, and whoever made it is gone/);
    expect(await replicas()).toBe("3/3");
    expect(await pending()).toBe("");
    expect((await readNote(id)).status).toBe(200);

    await up();
    await expectRepaired();
  });

  it("is said by a preview that changes nothing, and undone even when its change is taken back and the state refreshed", async () => {
    const autoscaling = { maxReplicas: 3, cpuPercent: 80, memoryPercent: 80 };
    await killUpDuring(
      "dev",
      { "acci:application": { autoscaling, cacheTtlSeconds: cacheTtlSeconds + 1 } },
      async () => (await isPending()) && (await kube(["get", "hpa", "-o", "name"])) !== "",
    );
    const left = await pending();
    const shown = await pulumi("dev", ["preview"]);
    expect(shown).toMatch(/revision \d+ is pending-upgrade: .*which `pulumi up` repairs/);
    expect(shown).toMatch(/Release\s+application\s+update/);
    expect(await pending()).toBe(left);

    await pulumi("dev", ["refresh", "--yes", "--skip-preview"]);
    await up();
    expect(await kube(["get", "hpa", "-o", "name"])).toBe("");
    expect(await replicas()).toBe("2/2");
    await expectRepaired();
  });

  it("the first one too: the next takes over what it has made", async () => {
    const { id } = await writeNote("before the release was gone");
    await pulumi("dev", ["destroy", "--yes", "--skip-preview", "--target", urn]);
    await killUpDuring("dev", {}, isPending);
    expect(await up()).toMatch(/revision 1 is pending-install, and whoever made it is gone; it is installed again/);
    expect((await readNote(id)).status).toBe(200);
    await expectRepaired();
  });

  it("is taken over when it was done, and the state does not know", async () => {
    const { id } = await writeNote("before the state forgot");
    await pulumi("dev", ["state", "delete", urn, "--yes"]);
    expect(await up()).toMatch(/release acci-framework: is there, and the stack did not know of it; it is taken over/);
    expect((await readNote(id)).status).toBe(200);
    await expectRepaired();
  });

  it("of an add-on as well", async () => {
    const addon = ["cert-manager", "cert-manager"] as const;
    const values = { global: { logLevel: 3 } };
    await killUpDuring("dev", { "acci:addons": { certManager: { values } } }, () => isPending(...addon));
    await pulumi("dev", ["refresh", "--yes", "--skip-preview"]);
    expect(await up()).toMatch(/release cert-manager: revision \d+ is pending-upgrade, and whoever made it is gone/);
    expect(await pending(...addon)).toBe("");
    const args = "jsonpath={.spec.template.spec.containers[0].args}";
    expect(await kubectl(["-n", addon[1], "get", "deployment", "cert-manager", "-o", args])).not.toContain("--v=3");
    await expectRepaired();
  });
});
