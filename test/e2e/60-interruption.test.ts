import { pulumi } from "../../local/stack/pulumi.ts";
import { killUpDuring } from "./background.ts";
import { kube, readNote, writeNote } from "./site.ts";

/** Differs at every run, so that there is a release to be interrupted. */
const config = { "acci:application": { replicas: 3, cacheTtlSeconds: 60 + (Math.floor(Date.now() / 1000) % 3600) } };

const revisions = async () =>
  (await kube(["get", "secrets", "-l", "owner=helm,name=acci-framework,status=pending-upgrade", "-o", "name"])).trim();

describe("pulumi up that dies in the middle of a release", () => {
  it("leaves a site that serves, and the next up finishes the work", async () => {
    const { id } = await writeNote("before the kill");
    await killUpDuring("dev", config, async () => (await revisions()) !== "");

    expect((await readNote(id)).status).toBe(200);
    await pulumi("dev", ["up", "--yes", "--skip-preview"], { config });
    expect(
      await kube(["get", "deployment", "acci-framework", "-o", "jsonpath={.spec.replicas}/{.status.readyReplicas}"]),
    ).toBe("3/3");
    expect(await revisions()).toBe("");
    expect((await readNote(id)).status).toBe(200);

    await pulumi("dev", ["up", "--yes", "--skip-preview"]);
    await pulumi("dev", ["preview", "--expect-no-changes"]);
  });
});
