import { GuardedNamespace } from "./guarded-namespace.ts";
import { find, record } from "../test/recorder.ts";

const resources = { limits: { cpu: "1", memory: "1Gi" }, requests: { cpu: "500m", memory: "512Mi" } };
const recorded = (protect: boolean) =>
  record(
    (opts) =>
      void new GuardedNamespace(
        "namespace",
        { namespace: "acci-dev", demands: [{ pods: 2, resources }], annotations: {}, protect },
        opts,
      ),
  );

test("only restricted pods may run in the namespace", async () => {
  const { inputs } = find(await recorded(false), "kubernetes:core/v1:Namespace", "namespace");
  expect(inputs["metadata"].name).toBe("acci-dev");
  expect(inputs["metadata"].labels).toMatchObject({
    "pod-security.kubernetes.io/enforce": "restricted",
    "pod-security.kubernetes.io/audit": "restricted",
    "pod-security.kubernetes.io/warn": "restricted",
  });
});

test.each([true, false])("protect = %s reaches the namespace, and so its volumes", async (protect) => {
  const { opts } = find(await recorded(protect), "kubernetes:core/v1:Namespace", "namespace");
  expect([opts.protect, opts.retainOnDelete]).toEqual([protect, protect]);
});

test("no traffic flows that is not allowed by name", async () => {
  const { inputs } = find(
    await recorded(false),
    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    "namespace-default-deny",
  );
  expect(inputs["spec"]).toEqual({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
});

test("quota and limits follow from the workloads", async () => {
  const all = await recorded(false);
  expect(find(all, "kubernetes:core/v1:ResourceQuota", "namespace-quota").inputs["spec"].hard).toMatchObject({
    pods: "6",
    "limits.cpu": "4",
  });
  expect(find(all, "kubernetes:core/v1:LimitRange", "namespace-limits").inputs["spec"].limits[0].max).toEqual({
    cpu: "1",
    memory: "1Gi",
  });
});
