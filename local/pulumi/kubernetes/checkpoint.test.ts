import { secret } from "../serve/values.ts";
import { checkpoint, fieldManagerOf, parseCheckpoint } from "./checkpoint.ts";
import { importedInputs } from "./imports.ts";

/** checkpointObject and parseCheckpointObject, provider/provider.go of pulumi-kubernetes 4.34.2. */
describe("what is recorded of an object", () => {
  const live = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x", uid: "1" }, data: { a: "1", more: "2" } };
  const inputs = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x" }, data: { a: "1" } };

  it("is the live object, with the inputs, the first version and the field manager beside it", () => {
    const state = checkpoint(inputs, live, inputs, "v1", "me");
    expect(state).toEqual({ ...live, __inputs: inputs, __initialApiVersion: "v1", __fieldManager: "me" });
    expect(parseCheckpoint(state)).toEqual({ live, inputs, initialApiVersion: "v1", fieldManager: "me" });
    expect(parseCheckpoint(live)).toEqual({ live });
  });

  it("is secret where the inputs are, in both, and a list with a secret as a whole", () => {
    const spec = { key: "hidden", list: [{ a: "x" }, { a: "y" }], open: "z" };
    const marks = { spec: { key: secret("hidden"), list: [{ a: secret("x") }, { a: "y" }], open: "z" } };
    const marked = { key: secret("hidden"), list: secret(spec.list), open: "z" };
    expect(checkpoint({ spec }, { spec, metadata: {} }, marks, "v1", "me")).toMatchObject({
      spec: marked,
      __inputs: { spec: marked },
    });
  });

  it("is secret in all that a Secret holds, and without the copy of it that kubectl leaves", () => {
    const annotations = { "kubectl.kubernetes.io/last-applied-configuration": "in clear", kept: "yes" };
    const given = { kind: "Secret", stringData: { a: "x" } };
    const found = { kind: "Secret", metadata: { name: "x", annotations, managedFields: [{}] }, data: { a: "eA==" } };
    expect(checkpoint(given, found, given, "v1", "me")).toMatchObject({
      metadata: { name: "x", annotations: { kept: "yes" } },
      data: secret({ a: "eA==" }),
      __inputs: { kind: "Secret", stringData: secret({ a: "x" }) },
    });
    expect(JSON.stringify(checkpoint(given, found, given, "v1", "me"))).not.toMatch(/in clear|managedFields/);
  });

  it("is applied in the name of the annotation, of the state, or of everybody", () => {
    const annotated = { metadata: { annotations: { "pulumi.com/patchFieldManager": "mine" } } };
    expect(fieldManagerOf(annotated, { __fieldManager: "pulumi-kubernetes-1a2b3c4d" })).toBe("mine");
    expect(fieldManagerOf({}, { __fieldManager: "pulumi-kubernetes-1a2b3c4d" })).toBe("pulumi-kubernetes-1a2b3c4d");
    expect(fieldManagerOf({}, {})).toBe("pulumi-kubernetes");
  });

  it("imports what a program would say, and nothing the server keeps for itself", () => {
    const metadata = { name: "x", namespace: "ns", uid: "1", generation: 2 };
    const base = { apiVersion: "apps/v1", kind: "Deployment", spec: { replicas: 1 } };
    expect(JSON.parse(JSON.stringify(importedInputs({ ...base, metadata, status: {} })))).toEqual({
      ...base,
      metadata: { name: "x", namespace: "ns" },
    });
  });
});
