/** @needs helm @needs schemas */
import { minors, stackValidator } from "../chart/schemas.ts";
import { STACKS } from "../stack-config.ts";
import { objectsOf } from "./objects.ts";

const [oldest, newest] = [minors().at(0)!, minors().at(-1)!];
const validators = [oldest, newest].map(stackValidator);

/** The official plugin does not report a field that no schema has when it creates an object, so this test does. */
test.each(STACKS)("%s has no field that a cluster does not know, and none of a wrong type", async (stack) => {
  const objects = await objectsOf(stack);
  expect(objects.length).toBeGreaterThan(50);
  for (const problems of validators) expect(problems(objects)).toEqual([]);
});

test("an unknown field is found, in a kind of Kubernetes and in one of an add-on", async () => {
  const objects = await objectsOf("prod");
  const edited = ["NetworkPolicy", "Cluster", "Pooler", "Certificate", "PrometheusRule"].map((kind) => {
    const found = objects.find((object) => object.kind === kind)!;
    return { ...found, spec: { ...found["spec"], egres: [] } };
  });
  const expected = edited.map(
    ({ kind, metadata }) =>
      `${kind} ${metadata.name}/spec: must NOT have additional properties {"additionalProperty":"egres"}`,
  );
  for (const problems of validators) expect(problems(edited)).toEqual(expected);
});
