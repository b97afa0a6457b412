/** @needs helm */
import { KUBE_VERSION } from "../../tooling/helm.ts";
import { helm, CHART, isHook, type Manifest, pick } from "./helm.ts";
import { beside, NAME } from "./value-sets.ts";

const POD = `${NAME}-test`;
const hooks = (manifests: Manifest[]) => manifests.filter(isHook).map((m) => `${m.kind} ${m.metadata.name}`);
const pod = pick(beside(), "Pod", POD);

test("asks the application's own image whether the Service serves and is ready", () => {
  const containers = pod["spec"].containers.map(({ image, args }: any) => [image, ...args]);
  expect(containers).toEqual([
    ["ghcr.io/broccode/acci-framework:1.0.0", "healthcheck", `http://${NAME}:9090/ready`],
    ["ghcr.io/broccode/acci-framework:1.0.0", "healthcheck", `http://${NAME}:8080/health`],
  ]);
});

test("is no part of an installation", () => {
  const { stdout } = helm("template", NAME, CHART, "--kube-version", KUBE_VERSION, "--no-hooks");
  expect(stdout).not.toContain("kind: Pod\n");
});

test("is deleted when it succeeded, and kept for its log when it failed", () => {
  expect(pod.metadata.annotations).toEqual({
    "helm.sh/hook": "test",
    "helm.sh/hook-delete-policy": "before-hook-creation,hook-succeeded",
  });
});

test("ends, whatever the application does", () => {
  expect([pod["spec"].restartPolicy, pod["spec"].activeDeadlineSeconds]).toEqual(["OnFailure", 120]);
});

test("is restricted and limited, and no friend of the Kubernetes API", () => {
  const { securityContext, automountServiceAccountToken, containers } = pod["spec"];
  expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
  expect(automountServiceAccountToken).toBe(false);
  for (const container of containers) {
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    expect(Object.keys(container.resources)).toEqual(["limits", "requests"]);
  }
});

test("gets no request that is for the application", () => {
  const { selector } = pick(beside(), "Service", NAME)["spec"];
  expect(pod.metadata.labels).not.toMatchObject(selector);
});

test("opens its way where the namespace denies by default, and only there", () => {
  const all = [`NetworkPolicy ${POD}-egress`, `NetworkPolicy ${POD}-ingress`, `Pod ${POD}`];
  expect(hooks(beside())).toEqual([`Pod ${POD}`]);
  expect(hooks(beside({ "tests.networkPolicy": true })).sort()).toEqual(all);
  const own = { "networkPolicy.database.to": [{ podSelector: {} }], "networkPolicy.cache.to": [{ podSelector: {} }] };
  expect(hooks(beside({ "networkPolicy.enabled": true, ...own })).sort()).toEqual(all);
});

test("the way is open before the pod asks, from it to the application and nowhere else", () => {
  const manifests = beside({ "tests.networkPolicy": true });
  const [egress, ingress] = ["egress", "ingress"].map((end) => pick(manifests, "NetworkPolicy", `${POD}-${end}`));
  const labels = (name: string) => ({ "app.kubernetes.io/name": name, "app.kubernetes.io/instance": NAME });
  const ports = [8080, 9090].map((port) => ({ protocol: "TCP", port }));
  expect(egress!["spec"]).toEqual({
    podSelector: { matchLabels: labels(POD) },
    policyTypes: ["Egress"],
    egress: [{ to: [{ podSelector: { matchLabels: labels(NAME) } }], ports }],
  });
  expect(ingress!["spec"]).toEqual({
    podSelector: { matchLabels: labels(NAME) },
    policyTypes: ["Ingress"],
    ingress: [{ from: [{ podSelector: { matchLabels: labels(POD) } }], ports }],
  });
  for (const policy of [egress!, ingress!]) expect(policy.metadata.annotations!["helm.sh/hook-weight"]).toBe("-1");
});
