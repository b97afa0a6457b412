import { spawn } from "node:child_process";
import { project } from "../../local/lib/paths.ts";
import { pulumi } from "../../local/stack/pulumi.ts";
import { kube, readNote, until, writeNote } from "./site.ts";

/** Differs at every run, so that there is a release to be interrupted. */
const config = { "acci:application": { replicas: 3, cacheTtlSeconds: 60 + (Math.floor(Date.now() / 1000) % 3600) } };

/** Starts `pulumi up`, kills the whole process group once `reached` answers true, as a lost machine would. */
async function killDuring(reached: () => Promise<boolean>): Promise<void> {
  const script = `
    const { pulumi } = await import(${JSON.stringify(`${project}/local/stack/pulumi.ts`)});
    await pulumi("dev", ["up", "--yes", "--skip-preview"], { config: ${JSON.stringify(config)} });
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    detached: true,
    stdio: "ignore",
    cwd: project,
  });
  try {
    await until("the update under way", 120, reached);
  } finally {
    process.kill(-child.pid!, "SIGKILL");
  }
}

const revisions = async () =>
  (await kube(["get", "secrets", "-l", "owner=helm,name=acci-framework,status=pending-upgrade", "-o", "name"])).trim();

describe("pulumi up that dies in the middle of a release", () => {
  it("leaves a site that serves, and the next up finishes the work", async () => {
    const { id } = await writeNote("before the kill");
    await killDuring(async () => (await revisions()) !== "");

    expect((await readNote(id)).status).toBe(200);
    await pulumi("dev", ["cancel", "--yes"]).catch(() => {});
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
