import { secret, type Props } from "../serve/values.ts";
import { diffObject } from "./diff-object.ts";
import { normalize, pruned } from "./shape.ts";

const cluster = (spec: Props): Props => ({
  apiVersion: "postgresql.cnpg.io/v1",
  kind: "Cluster",
  metadata: { name: "x", namespace: "ns" },
  spec,
});
const deployment = (spec: Props): Props => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "x", namespace: "ns" },
  spec,
});
const encode = (text: string) => Buffer.from(text).toString("base64");

/** The difference after an update of `inputs` for which the cluster shows `live`. */
const diff = (inputs: Props, live: Props, news = inputs, ignoreChanges: string[] = []) =>
  diffObject(undefined, { id: "ns/x", ignoreChanges }, inputs, { ...live, __inputs: inputs }, news).detailed;

/** Diff, provider/provider.go of pulumi-kubernetes 4.34.2: the new inputs against the live object of the state. */
describe("the difference to the live object", () => {
  it("is none in what the cluster adds: defaults, a status, elements after ours", () => {
    const live = {
      ...cluster({ instances: 1, list: [{ a: 1, defaulted: true }, { b: 2 }], more: 1 }),
      status: { phase: "x" },
    };
    expect(diff(cluster({ instances: 1, list: [{ a: 1 }] }), live)).toEqual({});
  });

  it("is what a custom resource spells differently, at every preview", () => {
    const inputs = cluster({ resources: { limits: { cpu: "1000m" } }, duration: "87600h" });
    const live = cluster({ resources: { limits: { cpu: "1" } }, duration: "87600h0m0s" });
    expect(diff(inputs, live)).toEqual({ "spec.resources.limits.cpu": "update", "spec.duration": "update" });
  });

  it("is not a kind of Kubernetes's own spelling of an amount, nor an empty value that it leaves out", () => {
    const inputs = deployment({
      hostNetwork: false,
      args: [],
      resources: { limits: { cpu: "1000m", memory: "1024Mi" } },
    });
    expect(diff(inputs, deployment({ resources: { limits: { cpu: "1", memory: "1Gi" } } }))).toEqual({});
    expect(diff(inputs, deployment({ resources: { limits: { cpu: "2", memory: "1Gi" } } }))).toEqual({
      "spec.resources.limits.cpu": "update",
    });
  });

  it("is what somebody else changed or took away, and what the program adds or drops", () => {
    expect(diff(cluster({ a: 1, b: 2 }), cluster({ a: 3 }))).toEqual({ "spec.a": "update", "spec.b": "add" });
    expect(diff(cluster({ a: 1, b: 2 }), cluster({ a: 1, b: 2 }), cluster({ a: 1, c: 3 }))).toEqual({
      "spec.b": "delete",
      "spec.c": "add",
    });
  });

  it("is not what the program wants to hear nothing of", () => {
    expect(diff(cluster({ a: { b: 1 }, c: 1 }), cluster({ a: { b: 2 }, c: 2 }), undefined, ["spec.a"])).toEqual({
      "spec.c": "update",
    });
    expect(diff(cluster({ ab: 1 }), cluster({ ab: 2 }), undefined, ["spec.a"])).toEqual({ "spec.ab": "update" });
  });

  it("takes a Secret's texts for the data they become", () => {
    const inputs = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "x", namespace: "ns" },
      stringData: secret({ a: "1" }),
    };
    const { stringData: _sent, ...rest } = inputs;
    expect(diff(inputs, { ...rest, data: secret({ a: encode("1") }) })).toEqual({});
    expect(diff(inputs, { ...rest, data: secret({ a: encode("2") }) })).toEqual({ "data.a": "update-replace" });
  });

  it("replaces nothing of a state without inputs, as an older stand-in left it", () => {
    const inputs = cluster({ instances: 1 });
    expect(
      diffObject(undefined, { id: "ns/x", ignoreChanges: [] }, inputs, cluster({ instances: 1, more: 2 }), inputs)
        .detailed,
    ).toEqual({});
  });
});

describe("the shape of the inputs", () => {
  it("is without what only the server writes", () => {
    const metadata = {
      name: "x",
      uid: "1",
      resourceVersion: "2",
      generation: 3,
      creationTimestamp: "t",
      managedFields: [],
    };
    expect(normalize({ ...deployment({}), metadata })).toEqual({ ...deployment({}), metadata: { name: "x" } });
  });

  it("follows lists by position, and takes over what is of another type", () => {
    expect(
      pruned(cluster({ list: [{ a: 2, b: 3 }], type: "x" }), cluster({ list: [{ a: 1 }, { a: 2 }], type: ["x"] })),
    ).toEqual(cluster({ list: [{ a: 2 }], type: "x" }));
  });
});
