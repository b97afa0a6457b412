import { pulumi } from "../../local/stack/pulumi.ts";
import { kube } from "./site.ts";

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

describe("a change made by hand", () => {
  const byHand = JSON.stringify({ spec: { hard: { pods: "3" } } });
  const quota = async () => (await kube(["get", "resourcequota", "-o", "name"])).trim();
  const pods = async () => (await kube(["get", await quota(), "-o", "jsonpath={.spec.hard.pods}"])).trim();

  it("is shown by refresh, and undone by the next up", async () => {
    const before = await pods();
    await kube(["patch", await quota(), "--type=merge", "-p", byHand]);

    const shown = await pulumi("dev", ["refresh", "--preview-only", "--diff"]);
    expect(shown).toMatch(/environment-quota/);
    expect(shown).toMatch(/pods\s*: "\d+" => "3"/);

    await pulumi("dev", ["refresh", "--yes", "--skip-preview"]);
    await pulumi("dev", ["up", "--yes", "--skip-preview"]);
    expect(await pods()).toBe(before);
    await pulumi("dev", ["refresh", "--yes", "--skip-preview", "--expect-no-changes"]);
  });

  it("to a deleted object is shown, and the object comes back", async () => {
    const policy = (await kube(["get", "networkpolicy", "-o", "name"]))
      .split("\n")
      .find((name) => name.includes("dns"))!;
    await kube(["delete", policy]);
    const shown = await pulumi("dev", ["refresh", "--preview-only"]);
    expect(shown).toMatch(/1 to delete|- 1 deleted|policies-dns.*delete/s);
    await pulumi("dev", ["refresh", "--yes", "--skip-preview"]);
    await pulumi("dev", ["up", "--yes", "--skip-preview"]);
    expect(await kube(["get", "networkpolicy", "-o", "name"])).toMatch(/dns/);
  });

  it("to the configuration is an update of just what it concerns", async () => {
    expect(await replicas()).toBe("2");
    const config = { "acci:application": { replicas: 3 } };
    const shown = await pulumi("dev", ["preview"], { config });
    expect(shown).toMatch(/Release\s+application\s+update/);
    await pulumi("dev", ["up", "--yes", "--skip-preview"], { config });
    expect(await replicas()).toBe("3");
    await pulumi("dev", ["up", "--yes", "--skip-preview"]);
    expect(await replicas()).toBe("2");
  });

  it("to the database has ended when its instances run as configured", async () => {
    const request = "jsonpath={.items[*].spec.containers[?(@.name=='postgres')].resources.requests.cpu}";
    const requests = () => kube(["get", "pods", "-l", "cnpg.io/podRole=instance", "-o", request]);
    const before = await requests();
    const config = { "acci:postgres": { resources: { requests: { cpu: "77m" } } } };
    await pulumi("dev", ["up", "--yes", "--skip-preview"], { config });
    expect(await requests()).toBe("77m");
    await pulumi("dev", ["up", "--yes", "--skip-preview"]);
    expect(await requests()).toBe(before);
  });
});
