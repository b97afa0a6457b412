import { secret } from "../serve/values.ts";
import { driftedInputs, importedInputs, stateOf } from "./live.ts";

const base = { apiVersion: "apps/v1", kind: "Deployment" };
const encode = (text: string) => Buffer.from(text).toString("base64");

describe("what a refresh takes from the live object", () => {
  const inputs = { ...base, spec: { replicas: 1, memory: "1024Mi", containers: [{ name: "main", image: "a:1" }] } };
  const state = {
    ...base,
    spec: {
      replicas: 1,
      memory: "1Gi",
      strategy: "Rolling",
      containers: [{ name: "main", image: "a:1", pullPolicy: "Always" }],
    },
  };

  it("shows neither defaults nor normalized quantities nor status as drift", () => {
    expect(driftedInputs(inputs, state, { ...state, status: { replicas: 1 } })).toEqual(inputs);
  });

  it("shows a value changed by hand", () => {
    const live = {
      ...state,
      spec: { ...state.spec, replicas: 3, containers: [{ name: "main", image: "a:2", pullPolicy: "Always" }] },
    };
    expect(driftedInputs(inputs, state, live)).toEqual({
      ...base,
      spec: { replicas: 3, memory: "1024Mi", containers: [{ name: "main", image: "a:2" }] },
    });
  });

  it("shows a value removed by hand, and not an element somebody else added to a named list", () => {
    const { replicas: _removed, ...rest } = state.spec;
    const live = { ...state, spec: { ...rest, containers: [{ name: "sidecar" }, ...state.spec.containers] } };
    expect(driftedInputs(inputs, state, live)).toEqual({
      ...base,
      spec: { memory: "1024Mi", containers: inputs.spec.containers },
    });
  });

  it("compares stringData with the data it became, and keeps it secret", () => {
    const given = { kind: "Secret", stringData: secret({ password: "old" }) };
    const recorded = { kind: "Secret", data: secret({ password: encode("old") }) };
    expect(driftedInputs(given, recorded, { kind: "Secret", data: { password: encode("old") } })).toEqual(given);
    expect(driftedInputs(given, recorded, { kind: "Secret", data: { password: encode("new") } })).toEqual({
      kind: "Secret",
      stringData: secret({ password: "new" }),
    });
  });
});

describe("what is recorded", () => {
  it("keeps a Secret's data secret and drops the copy of it that kubectl leaves", () => {
    const annotations = { "kubectl.kubernetes.io/last-applied-configuration": "in clear", kept: "yes" };
    const live = { kind: "Secret", metadata: { name: "x", annotations, managedFields: [{}] }, data: { a: "b" } };
    expect(stateOf(live, { stringData: { a: "x" } })).toEqual({
      kind: "Secret",
      metadata: { name: "x", annotations: { kept: "yes" } },
      data: secret({ a: "b" }),
      stringData: secret({ a: "x" }),
    });
  });

  it("imports what a program would say, and nothing the server keeps for itself", () => {
    const live = {
      ...base,
      metadata: { name: "x", namespace: "ns", uid: "1", generation: 2 },
      spec: { replicas: 1 },
      status: {},
    };
    expect(JSON.parse(JSON.stringify(importedInputs(live)))).toEqual({
      ...base,
      metadata: { name: "x", namespace: "ns" },
      spec: { replicas: 1 },
    });
  });
});
