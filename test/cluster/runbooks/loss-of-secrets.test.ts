import { replaceKeys, storeKeys } from "../../../local/cluster/store.ts";
import { forgetRotations } from "../support/rotations.ts";
import { RunbookRunner } from "../support/runbook-runner.ts";
import { ask, kube, namespace, readNote, secret, until, writeNote } from "../support/site.ts";

const operator = new RunbookRunner("dev");
const follow = (heading: string) => operator.follow("loss-of-secrets", heading);

describe("the runbook for a secret that leaked", () => {
  it("replaces a password while the site serves", async () => {
    const { id } = await writeNote("before the leak");
    const before = await secret("acci-framework-database");
    await follow("A password of the database or the cache");
    const after = await secret("acci-framework-database");
    expect([new URL(before.url!).username, new URL(after.url!).username]).toEqual(["acci_app", "acci_app_2"]);
    expect(new URL(after.url!).password).not.toBe(new URL(before.url!).password);
    expect((await readNote(id)).status).toBe(200);
    await writeNote("after it");
  });

  it("gives every part of the site the store's new key, and dumps go on with it", async () => {
    const before = await secret("backup-writer");
    await replaceKeys(["writer", "pruner"]);
    expect(await follow("A key of the store")).toContain("is complete");
    const { pruner, writer } = storeKeys();
    expect(await secret("backup-writer")).toMatchObject(writer);
    expect(await secret("backup-pruner")).toMatchObject(pruner);
    expect(before.accessKeyId).not.toBe(writer.accessKeyId);
    const log = () => kube(["logs", "--selector=app.kubernetes.io/name=backup-agent", "--tail=-1"]);
    await until("the agent to be ready", 60, async () => {
      const ready = ["get", "deployment", "backup-agent", "--output=jsonpath={.status.readyReplicas}"];
      return (await kube(ready)) === "1";
    });
    expect(await log()).not.toContain("agent: ");
  });

  afterAll(async () => {
    await forgetRotations(namespace);
    await operator.runCommands(["pulumi config rm acci:rotation -s dev", "pulumi up -s dev"]);
    await until("the site to serve", 60, async () => (await ask("/health")).status === 200);
  });
});
