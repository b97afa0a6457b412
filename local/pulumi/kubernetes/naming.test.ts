import type { Context } from "../serve/provider.ts";
import { secret, unknown } from "../serve/values.ts";
import { assignName, kindOf, parseId, rejectUnsupported } from "./naming.ts";

const context = { name: "web" } as Context;
const autonamed = { "pulumi.com/autonamed": "true" };

describe("assignName", () => {
  it("gives a name of its own that later updates keep", () => {
    const first = assignName(context, {}, { metadata: { labels: { a: "b" } } }).inputs as {
      metadata: { name: string };
    };
    expect(first.metadata).toEqual({
      name: expect.stringMatching(/^web-[0-9a-f]{8}$/) as string,
      labels: { a: "b" },
      annotations: autonamed,
    });
    expect(assignName(context, first, { metadata: {} }).inputs).toEqual({
      metadata: { name: first.metadata.name, annotations: autonamed },
    });
  });

  it("does not carry a fixed name over when the program stops giving it", () => {
    const { inputs } = assignName(context, { metadata: { name: "fixed" } }, {});
    expect((inputs.metadata as { name: string }).name).toMatch(/^web-[0-9a-f]{8}$/);
  });

  it.each([[{ name: "fixed" }], [{ name: unknown }], [unknown]])("leaves %j alone", (metadata) => {
    expect(assignName(context, {}, { metadata }).inputs).toEqual({ metadata });
  });

  it("keeps metadata secret, and uses the name that the engine proposes", () => {
    const autonaming = { proposedName: "proposed", enforced: false, disabled: false };
    const { inputs } = assignName({ ...context, autonaming }, {}, { metadata: secret({}) });
    expect(inputs.metadata).toEqual(secret({ name: "proposed", annotations: autonamed }));
  });

  it("rejects generateName by name", () => {
    expect(assignName(context, {}, { metadata: { generateName: "x-" } }).failures[0]?.property).toBe(
      "metadata.generateName",
    );
  });
});

describe("types", () => {
  it("reads API versions and ids", () => {
    expect(kindOf("kubernetes:core/v1:Secret")).toEqual({ apiVersion: "v1", kind: "Secret" });
    expect(kindOf("kubernetes:cert-manager.io/v1:Issuer")).toEqual({
      apiVersion: "cert-manager.io/v1",
      kind: "Issuer",
    });
    expect(parseId("ns/x")).toEqual({ namespace: "ns", name: "x" });
    expect(parseId("x")).toEqual({ name: "x" });
  });

  it.each([
    "kubernetes:helm.sh/v3:Chart",
    "kubernetes:yaml:ConfigFile",
    "kubernetes:kustomize:Directory",
    "kubernetes:core/v1:SecretList",
    "kubernetes:apps/v1:DeploymentPatch",
    "kubernetes:yaml/v2:ConfigGroup",
  ])("rejects %s by name", (type) => {
    expect(() => rejectUnsupported(type)).toThrow(
      `kubernetes stand-in: ${type} is not implemented; install the official pulumi-resource-kubernetes plugin to use it`,
    );
  });

  it.each([
    "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition",
    "kubernetes:example.com/v1:PriceList",
    "kubernetes:core/v1:Secret",
  ])("takes %s", (type) => {
    expect(() => rejectUnsupported(type)).not.toThrow();
  });
});
