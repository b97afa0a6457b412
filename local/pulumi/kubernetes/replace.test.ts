import { diffObject } from "./diff-object.ts";
import type { Target } from "./config.ts";
import { normalize } from "./shape.ts";
import type { Props } from "../serve/values.ts";

const object = (kind: string, rest: Props, metadata: Props = { name: "x" }): Props => ({
  apiVersion: groups[kind] ?? "v1",
  kind,
  metadata,
  ...rest,
});
const diff = (before: Props, after: Props, target?: Target) =>
  diffObject(target, { id: "ns/x", ignoreChanges: [] }, before, { ...normalize(before), __inputs: before }, after);
const groups: Record<string, string> = {
  Deployment: "apps/v1",
  StatefulSet: "apps/v1",
  Job: "batch/v1",
  RoleBinding: "rbac.authorization.k8s.io/v1",
  StorageClass: "storage.k8s.io/v1",
  Certificate: "cert-manager.io/v1",
};
const mutable = {
  settings: { mutable: { configMaps: true, secrets: true } },
  client: { cluster: { namespace: "ns" } },
} as unknown as Target;

/** `forceNew`, provider/diff.go of pulumi-kubernetes 4.34.2. */
describe("what forces a new object", () => {
  it.each<[string, Props, Props, string]>([
    [
      "Deployment",
      { spec: { selector: { matchLabels: { a: "1" } } } },
      { spec: { selector: { matchLabels: { a: "2" } } } },
      "spec.selector.matchLabels.a",
    ],
    ["StatefulSet", { spec: { serviceName: "a" } }, { spec: { serviceName: "b" } }, "spec.serviceName"],
    [
      "Job",
      { spec: { template: { spec: { containers: [{ image: "a" }] } } } },
      { spec: { template: { spec: { containers: [{ image: "b" }] } } } },
      "spec.template.spec.containers[0].image",
    ],
    [
      "PersistentVolumeClaim",
      { spec: { storageClassName: "a" } },
      { spec: { storageClassName: "b" } },
      "spec.storageClassName",
    ],
    ["Service", { spec: { clusterIP: "10.0.0.1" } }, { spec: { clusterIP: "10.0.0.2" } }, "spec.clusterIP"],
    ["RoleBinding", { roleRef: { name: "a" } }, { roleRef: { name: "b" } }, "roleRef.name"],
    ["StorageClass", { provisioner: "a" }, { provisioner: "b" }, "provisioner"],
    ["ConfigMap", { data: { a: "1" } }, { data: { a: "2" } }, "data.a"],
    ["Secret", { stringData: { a: "1" } }, { stringData: { a: "2" } }, "data.a"],
  ])("%s: %j -> %j", (kind, before, after, path) => {
    expect(diff(object(kind, before), object(kind, after)).detailed).toEqual({ [path]: "update-replace" });
  });

  it.each<[string, Props, Props, string]>([
    ["Deployment", { spec: { replicas: 1 } }, { spec: { replicas: 2 } }, "spec.replicas"],
    ["StatefulSet", { spec: { template: { a: 1 } } }, { spec: { template: { a: 2 } } }, "spec.template.a"],
    [
      "PersistentVolumeClaim",
      { spec: { resources: { requests: { storage: "1Gi" } } } },
      { spec: { resources: { requests: { storage: "2Gi" } } } },
      "spec.resources.requests.storage",
    ],
    ["Service", { spec: { type: "ClusterIP" } }, { spec: { type: "ExternalName" } }, "spec.type"],
    ["Certificate", { spec: { a: 1 } }, { spec: { a: 2 } }, "spec.a"],
  ])("not %s: %j -> %j", (kind, before, after, path) => {
    expect(diff(object(kind, before), object(kind, after)).detailed).toEqual({ [path]: "update" });
  });

  it("is a whole that holds such a field, too", () => {
    const job = (spec: Props) => object("Job", spec);
    expect(diff(job({}), job({ spec: { template: { spec: {} } } })).detailed).toEqual({ spec: "add-replace" });
    expect(diff(job({}), job({ spec: { backoffLimit: 1 } })).detailed).toEqual({ spec: "add" });
  });

  it("changes data in place when the provider says pods watch for it, unless the object is immutable", () => {
    expect(
      diff(object("ConfigMap", { data: { a: "1" } }), object("ConfigMap", { data: { a: "2" } }), mutable).detailed,
    ).toEqual({ "data.a": "update" });
    const immutable = object("ConfigMap", { data: { a: "1" }, immutable: true });
    expect(diff(immutable, object("ConfigMap", { data: { a: "2" }, immutable: true }), mutable).detailed).toEqual({
      "data.a": "update-replace",
    });
  });

  it("deletes first only when both have the same fixed name", () => {
    const autonamed = { name: "x-1", annotations: { "pulumi.com/autonamed": "true" } };
    expect(
      diff(object("ConfigMap", { data: { a: "1" } }), object("ConfigMap", { data: { a: "2" } })).deleteBeforeReplace,
    ).toBe(true);
    expect(
      diff(object("ConfigMap", { data: {} }, autonamed), object("ConfigMap", { data: { a: "2" } }, autonamed))
        .deleteBeforeReplace,
    ).toBe(false);
    expect(diff(object("ConfigMap", {}), object("ConfigMap", {}, { name: "y" })).deleteBeforeReplace).toBe(false);
  });

  it("sees no change when the namespace it is in is spelled out", () => {
    expect(diff(object("ConfigMap", {}), object("ConfigMap", {}, { name: "x", namespace: "ns" })).detailed).toEqual({});
    expect(diff(object("ConfigMap", {}), object("ConfigMap", {}, { name: "x", namespace: "other" })).detailed).toEqual({
      "metadata.namespace": "update-replace",
    });
  });
});
