import { pulumi } from "../../../local/stack/pulumi.ts";
import { kube } from "../support/site.ts";

const replicas = () => kube(["get", "deployment", "acci-framework", "-o", "jsonpath={.spec.replicas}"]);

describe("a site that is as it should be", () => {
  it("is not changed by a second up", async () => {
    const printed = await pulumi("dev", ["up", "--yes", "--skip-preview", "--expect-no-changes"]);
    expect(printed).toMatch(/\d+ unchanged/);
  });

  it("previews without changes", async () => {
    await pulumi("dev", ["preview", "--expect-no-changes"]);
  });

  it("shows no drift", async () => {
    await pulumi("dev", ["refresh", "--preview-only", "--diff", "--expect-no-changes"]);
  });
});

describe("changes made by hand", () => {
  const byHand = JSON.stringify({ spec: { hard: { pods: "3" } } });
  const policies = () => kube(["get", "networkpolicy", "-o", "name"]);

  it("to an object, and its deletion, are shown by refresh, and undone by the next up", async () => {
    const quota = (await kube(["get", "resourcequota", "-o", "name"])).trim();
    const allowed = async () => (await kube(["get", quota, "-o", "jsonpath={.spec.hard.pods}"])).trim();
    const before = await allowed();
    await kube(["patch", quota, "--type=merge", "-p", byHand]);
    await kube(["delete", (await policies()).split("\n").find((name) => name.includes("dns"))!]);

    try {
      const shown = await pulumi("dev", ["refresh", "--preview-only", "--diff"]);
      expect(shown).toMatch(/namespace-quota/);
      expect(shown).toMatch(/pods\s*: "\d+" => "3"/);
      expect(shown).toMatch(/- 1 to delete/);
      expect(shown).toMatch(/network-policies-dns/);
    } finally {
      // Until this policy is back, no pod of the site can resolve names.
      await pulumi("dev", ["refresh", "--yes", "--skip-preview"]);
      await pulumi("dev", ["up", "--yes", "--skip-preview"]);
    }
    expect(await allowed()).toBe(before);
    expect(await policies()).toMatch(/dns/);
    await pulumi("dev", ["refresh", "--yes", "--skip-preview", "--expect-no-changes"]);
  });
});

describe("a change of the configuration", () => {
  const application = { "acci:application": { replicas: 3 } };
  const database = { "acci:postgres": { resources: { requests: { cpu: "77m" } } } };
  const request = "jsonpath={.items[*].spec.containers[?(@.name=='postgres')].resources.requests.cpu}";
  const requests = () => kube(["get", "pods", "-l", "cnpg.io/podRole=instance", "-o", request]);

  it("is an update of just what it concerns", async () => {
    const shown = await pulumi("dev", ["preview"], { config: application });
    expect(shown).toMatch(/Release\s+application\s+update/);
  });

  it("has ended when the application and the instances of the database run as configured", async () => {
    const before = await requests();
    expect(await replicas()).toBe("2");
    await pulumi("dev", ["up", "--yes", "--skip-preview"], { config: { ...application, ...database } });
    expect([await replicas(), await requests()]).toEqual(["3", "77m"]);
    await pulumi("dev", ["up", "--yes", "--skip-preview"]);
    expect([await replicas(), await requests()]).toEqual(["2", before]);
  });
});
