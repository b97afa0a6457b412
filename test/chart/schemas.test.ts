/** @needs helm @needs schemas */
import { type Manifest, pick, render } from "./helm.ts";
import { minors, validator } from "./schemas.ts";
import { EVERYTHING, NAME, VALUE_SETS } from "./value-sets.ts";

const rendered = VALUE_SETS.map(([name, values]) => ({ name, manifests: render(NAME, values) }));

test("the schemas begin at the oldest Kubernetes the chart supports and leave none out", () => {
  const found = minors();
  expect(found).toEqual(found.map((_, i) => `1.${30 + i}`));
  expect(found.length).toBeGreaterThanOrEqual(8);
});

describe.each(minors())("Kubernetes %s", (minor) => {
  const problems = validator(minor);

  test.each(rendered)("takes $name", ({ manifests }) => expect(problems(manifests)).toEqual([]));

  test("takes no unknown field, in a kind of its own or of an add-on", () => {
    const manifests = render(NAME, EVERYTHING);
    const edited = [
      edit(pick(manifests, "Deployment", NAME), (spec) => (spec.template.spec.containers[0].imge = "x")),
      edit(pick(manifests, "NetworkPolicy", NAME), (spec) => (spec.egres = [])),
      edit(pick(manifests, "HTTPRoute", NAME), (spec) => (spec.rules[0].backendRefs[0].prot = 8080)),
      edit(pick(manifests, "ServiceMonitor", NAME), (spec) => (spec.endpoints[0].intervall = "1m")),
      edit(pick(manifests, "VerticalPodAutoscaler", NAME), (spec) => (spec.updatePolicy.mode = "Off")),
    ];
    const unknown = (where: string, field: string) =>
      `${where}: must NOT have additional properties {"additionalProperty":"${field}"}`;
    expect(problems(edited)).toEqual([
      unknown(`Deployment ${NAME}/spec/template/spec/containers/0`, "imge"),
      unknown(`NetworkPolicy ${NAME}/spec`, "egres"),
      unknown(`HTTPRoute ${NAME}/spec/rules/0/backendRefs/0`, "prot"),
      unknown(`ServiceMonitor ${NAME}/spec/endpoints/0`, "intervall"),
      unknown(`VerticalPodAutoscaler ${NAME}/spec/updatePolicy`, "mode"),
    ]);
  });

  test("takes no wrong type and no unknown kind", () => {
    const manifests = render(NAME);
    const wrong = edit(pick(manifests, "Deployment", NAME), (spec) => (spec.revisionHistoryLimit = "ten"));
    const removed = { ...pick(manifests, "HorizontalPodAutoscaler", NAME), apiVersion: "autoscaling/v2beta2" };
    expect(problems([wrong, removed])).toEqual([
      `Deployment ${NAME}/spec/revisionHistoryLimit: must be integer,null {"type":["integer","null"]}`,
      `autoscaling/v2beta2 HorizontalPodAutoscaler ${NAME}: is not known to Kubernetes ${minor}`,
    ]);
  });
});

function edit(manifest: Manifest, change: (spec: any) => void): Manifest {
  const copy = structuredClone(manifest);
  change(copy["spec"]);
  return copy;
}
