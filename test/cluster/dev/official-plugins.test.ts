import { writeFileSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type ExportedState, refusalOf, unreadObjects } from "../../../engine/plugin-state.ts";
import { kubectl } from "../../../local/cluster/cluster.ts";
import { diffObject } from "../../../local/pulumi/kubernetes/diff-object.ts";
import { idOf } from "../../../local/pulumi/kubernetes/naming.ts";
import { pulumi } from "../../../local/stack/pulumi.ts";
import type { Manifest } from "../../chart/helm.ts";
import { STACKS } from "../../stack-config.ts";
import { objectsOf } from "../../stacks/objects.ts";
import { dev, kube, readNote, writeNote } from "../support/site.ts";

const SCRATCH = "acci-spelling";

interface State {
  readonly deployment: { readonly resources: { readonly urn: string; readonly outputs?: Record<string, unknown> }[] };
}
const exported = async () => JSON.parse(await pulumi("dev", ["stack", "export"])) as State & ExportedState;

/** Pulumi's official plugins are not available here. These tests show that the state has what they look for. */
describe("the state of a stack", () => {
  it("of before it had what the official plugin compares with is taken over without a change, by a refresh", async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), "acci-state-"));
    try {
      const state = await exported();
      for (const { outputs } of state.deployment.resources)
        for (const key of Object.keys(outputs ?? {})) if (key.startsWith("__")) delete outputs![key];
      expect(refusalOf("dev", state)).toMatch(/run `pulumi refresh -s dev` first$/);
      const file = path.join(folder, "state.json");
      writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
      await pulumi("dev", ["stack", "import", "--file", file]);

      await pulumi("dev", ["preview", "--expect-no-changes"]);
      await pulumi("dev", ["refresh", "--yes", "--skip-preview"]);
      expect(unreadObjects(await exported())).toEqual([]);
      await pulumi("dev", ["preview", "--expect-no-changes"]);
      await pulumi("dev", ["up", "--yes", "--skip-preview", "--expect-no-changes"]);
      expect(unreadObjects(await exported())).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("the objects of a stack", () => {
  it("are managed in one name", async () => {
    const kinds = "secrets,services,networkpolicies,resourcequotas,cronjobs,statefulsets,clusters.postgresql.cnpg.io";
    const fields =
      "jsonpath={range .items[*]}{.metadata.labels.app\\.kubernetes\\.io/managed-by}{' '}{.metadata.managedFields[*].manager}{'\\n'}{end}";
    const lines = (await kube(["get", kinds, "--show-managed-fields", "-o", fields])).trim().split("\n");
    const ours = lines.filter((line) => line.includes("pulumi"));
    expect(ours.length).toBeGreaterThan(40);
    expect(
      ours
        .flatMap((line) => line.split(" ").slice(1))
        .filter((manager) => /^pulumi/.test(manager) && manager !== "pulumi-kubernetes"),
    ).toEqual([]);
  });

  describe("as the cluster gives them back", () => {
    beforeAll(async () => void (await kubectl(["create", "namespace", SCRATCH])));
    afterAll(async () => void (await kubectl(["delete", "namespace", SCRATCH])));

    it.each(STACKS)("%s: are spelled as the program spells them", async (stack) => {
      const sent = (await objectsOf(stack)).map(elsewhere);
      const apply = ["apply", "--server-side", "--dry-run=server", "--field-manager=spelling", "-f", "-", "-o", "json"];
      const { items } = JSON.parse(
        await kubectl(apply, JSON.stringify({ apiVersion: "v1", kind: "List", items: sent })),
      ) as {
        items: Manifest[];
      };
      const differences = sent.map((inputs, i) => {
        const live = items[i]!;
        const id = idOf(namespaceOf(live), live.metadata.name);
        return [
          `${inputs.kind} ${id}`,
          diffObject(undefined, { id, ignoreChanges: [] }, inputs, { ...live, __inputs: inputs }, inputs).detailed,
        ];
      });
      expect(differences.filter(([, detailed]) => Object.keys(detailed!).length > 0)).toEqual([]);
      expect(items.length).toBeGreaterThan(50);
    });
  });
});

const namespaceOf = ({ metadata }: Manifest) => (metadata as { namespace?: string }).namespace;

/** The object under another name or namespace, so that it does not meet the site's own. */
function elsewhere(object: Manifest): Manifest {
  const { name, ...metadata } = object.metadata;
  const namespace = namespaceOf(object);
  return {
    ...object,
    metadata: { ...metadata, ...(namespace ? { name, namespace: SCRATCH } : { name: `${name}-${SCRATCH}` }) },
  };
}

it("the database is changed in place where a plugin would replace it, with all that is in it", async () => {
  const uid = () => dev.kube(["get", "clusters.postgresql.cnpg.io", "postgres", "-o", "jsonpath={.metadata.uid}"]);
  const { id } = await writeNote("before a replacement");
  const before = await uid();
  const { urn } = (await exported()).deployment.resources.find(({ urn }) => urn.endsWith(":Cluster::postgres"))!;
  await pulumi("dev", ["up", "--yes", "--skip-preview", "--replace", urn]);
  expect(await uid()).toBe(before);
  expect((await readNote(id)).status).toBe(200);
  await pulumi("dev", ["preview", "--expect-no-changes"]);
});
