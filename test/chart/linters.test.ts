/** @needs helm @needs kube-score @needs kube-linter */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { KUBE_VERSION } from "../../tooling/helm.ts";
import { CHART, helm, renderText } from "./helm.ts";
import { type Finding, kubeLinter, kubeScore } from "./linters.ts";
import { NAME, VALUE_SETS } from "./value-sets.ts";
import { WAIVERS, waives } from "./waivers.ts";

const LINTERS = { "kube-score": kubeScore, "kube-linter": kubeLinter };
const found = VALUE_SETS.flatMap(([set, values]) => {
  const manifests = renderText(NAME, values);
  return Object.entries(LINTERS).map(([linter, findings]) => ({ linter, set, findings: findings(manifests) }));
});
const waived = (set: string, finding: Finding) => WAIVERS.some((waiver) => waives(waiver, set, finding));

test.each(found)("$linter finds nothing new with $set", ({ set, findings }) => {
  expect(findings.filter((finding) => !waived(set, finding))).toEqual([]);
});

test("every waiver is still needed", () => {
  const idle = WAIVERS.filter(
    (waiver) => !found.some(({ set, findings }) => findings.some((finding) => waives(waiver, set, finding))),
  );
  expect(idle).toEqual([]);
});

test.each(Object.entries(LINTERS))("%s sees a pod that may do anything", (_, findings) => {
  const careless = renderText(NAME).replaceAll("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false");
  const objects = findings(careless).filter(({ check }) =>
    /read-only-root-fs|container-security-context-readonly/.test(check),
  );
  expect(objects.map(({ object }) => object)).toContain(`Deployment ${NAME}`);
});

describe("helm's own linter", () => {
  const folder = mkdtempSync(join(tmpdir(), "acci-lint-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(VALUE_SETS)("passes %s", (_, values) => {
    const file = join(folder, "values.yaml");
    writeFileSync(file, stringify(nested(values)));
    const { status, stdout } = helm("lint", "--strict", CHART, "--kube-version", KUBE_VERSION, "--values", file);
    expect([status, stdout]).toEqual([0, expect.stringContaining("0 chart(s) failed")]);
  });
});

/** Turns `a.b: 1` into `a: { b: 1 }`, as in a values file. */
function nested(values: object): object {
  const root: Record<string, any> = {};
  for (const [key, value] of Object.entries(values)) {
    const names = key.split(".");
    const last = names.pop()!;
    let at = root;
    for (const name of names) at = at[name] ??= {};
    at[last] = value;
  }
  return root;
}
