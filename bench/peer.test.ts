import { ownedBy } from "./peer.ts";

const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});

it("takes the objects and releases of an exported stack, secrets as they are applied", () => {
  const config = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings" }, data: { plaintext: "kept" } };
  const password = { apiVersion: "v1", kind: "Secret", metadata: { name: "password" }, stringData: secret({ p: "x" }) };
  const release = { name: "acci", namespace: "acci", chart: "./helm", values: { key: secret("y") }, __defaults: [] };
  const resources = [
    { type: "pulumi:pulumi:Stack" },
    { type: "pulumi:providers:kubernetes", inputs: { kubeconfig: "/a/file" } },
    { type: "random:index/randomPassword:RandomPassword", inputs: { length: 32 } },
    { type: "kubernetes:core/v1:ConfigMap", inputs: config },
    { type: "kubernetes:core/v1:Secret", inputs: password },
    { type: "kubernetes:helm.sh/v3:Release", inputs: release },
  ];
  expect(ownedBy({ deployment: { resources } })).toEqual({
    objects: [config, { ...password, stringData: { p: "x" } }],
    releases: [{ name: "acci", namespace: "acci", chart: "./helm", values: { key: "y" } }],
  });
});
