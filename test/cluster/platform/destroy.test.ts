import { kubectl } from "../../../local/cluster/cluster.ts";
import { pulumi } from "../../../local/stack/pulumi.ts";
import { ask, until } from "../support/site.ts";

/** Namespaces of the bare platform; the program has made every other one. */
const own = [
  "cnpg-system",
  "default",
  "kube-node-lease",
  "kube-public",
  "kube-system",
  "local-path-storage",
  "traefik",
];

const namespaces = async () =>
  (await kubectl(["get", "namespaces", "-o", "jsonpath={.items[*].metadata.name}"])).split(" ").sort();

describe("pulumi destroy of dev", () => {
  it("takes nothing from a stack that is protected, however it is asked", async () => {
    const config = { "acci:protect": true };
    await pulumi("dev", ["up", "--yes", "--skip-preview"], { config });
    await expect(pulumi("dev", ["destroy", "--yes", "--skip-preview"], { config })).rejects.toThrow(
      /Guard::guard.* cannot be deleted/s,
    );
    expect((await ask("/health")).status).toBe(200);
    await pulumi("dev", ["refresh", "--yes", "--skip-preview", "--expect-no-changes"], { config });
    await pulumi("dev", ["up", "--yes", "--skip-preview"]);
  });

  it("leaves no namespace, no volume and no resource of the program behind", async () => {
    expect(await namespaces()).toContain("acci-dev");
    await pulumi("dev", ["destroy", "--yes", "--skip-preview"]);
    expect(await namespaces()).toEqual(own);
    // The storage controller deletes a volume after the namespace with its claim is gone.
    await until(
      "the volumes to go",
      120,
      async () => (await kubectl(["get", "persistentvolumes", "-o", "name"])) === "",
    );
    expect(
      await kubectl(["get", "clusterissuers,ingresses,clusters.postgresql.cnpg.io", "-A", "-o", "name"]).catch(
        () => "",
      ),
    ).toBe("");
    const { deployment } = JSON.parse(await pulumi("dev", ["stack", "export"])) as {
      deployment: { resources?: { type: string }[] };
    };
    expect(
      (deployment.resources ?? []).map(({ type }) => type).filter((type) => type !== "pulumi:pulumi:Stack"),
    ).toEqual([]);
  });

  it("can be run again without harm", async () => {
    await pulumi("dev", ["destroy", "--yes", "--skip-preview"]);
  });
});
