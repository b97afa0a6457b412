import { type ExportedState, refusalOf, unreadObjects } from "./plugin-state.ts";

const urn = (type: string, name: string) => `urn:pulumi:dev::acci::acci:index:Postgres$${type}::${name}`;
const resource = (type: string, name: string, outputs: Record<string, unknown> = {}) => ({
  urn: urn(type, name),
  custom: true,
  outputs,
});
const stateOf = (...resources: object[]) => ({ deployment: { resources } }) as ExportedState;

const CLUSTER = "kubernetes:postgresql.cnpg.io/v1:Cluster";
const inputs = { __inputs: { kind: "Cluster" } };

test("a state from before the inputs were recorded is refused, with the cure", () => {
  const state = stateOf(
    resource(CLUSTER, "postgres"),
    ...["a", "b", "c"].map((name) => resource("kubernetes:core/v1:Secret", name)),
  );
  expect(refusalOf("dev", state)).toBe(
    "stack dev: every object must have its inputs in the state, or the official Kubernetes plugin replaces it, " +
      "got none of postgres, a, b and 1 more; run `pulumi refresh -s dev` first",
  );
});

test("one of the official plugin, or of a stack that is not there yet, is not", () => {
  expect(refusalOf("dev", stateOf(resource(CLUSTER, "postgres", inputs)))).toBeUndefined();
  expect(refusalOf("dev", {})).toBeUndefined();
});

test("only objects of the Kubernetes plugin have such inputs, and neither those read nor those being replaced count", () => {
  const others = [
    resource("random:index/randomPassword:RandomPassword", "password"),
    { ...resource("acci:index:Postgres", "postgres"), custom: false },
    { urn: "urn:pulumi:dev::acci::pulumi:providers:kubernetes::cluster", custom: true, outputs: {} },
    { ...resource(CLUSTER, "read"), external: true },
    { ...resource(CLUSTER, "old"), delete: true },
  ];
  expect(unreadObjects(stateOf(...others))).toEqual([]);
});
