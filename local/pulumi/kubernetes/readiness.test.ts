import type { Props } from "../serve/values.ts";
import type { Client } from "./client.ts";
import { readinessOf } from "./readiness.ts";
import { waitForOf } from "./wait-for.ts";

const noCluster = {} as Client;
const verdict = async (live: Props, client = noCluster, waited = 0) => {
  const { state, message } = (await readinessOf(live)?.check(live, client, { waitedSeconds: waited })) ?? {
    state: "none",
    message: "",
  };
  return state === "ready" ? state : `${state}: ${message}`;
};
const deployment = (spec: Props, status: Props): Props => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { generation: 2 },
  spec,
  status,
});

/** await/*.go of pulumi-kubernetes 4.34.2. */
describe("readiness", () => {
  it("follows a rollout to its end", async () => {
    const seen = { observedGeneration: 2 };
    expect(await verdict(deployment({}, {}))).toBe("waiting: the controller has not seen it yet");
    expect(await verdict(deployment({ replicas: 3 }, { ...seen, updatedReplicas: 1 }))).toBe("waiting: 1/3 updated");
    const rolling = { ...seen, replicas: 4, updatedReplicas: 3, availableReplicas: 2 };
    expect(await verdict(deployment({ replicas: 3 }, rolling))).toBe("waiting: 2/3 ready, 1 of the old version");
    expect(await verdict(deployment({ replicas: 3 }, { ...rolling, availableReplicas: 3 }))).toBe(
      "waiting: 1 old pods left",
    );
    expect(await verdict(deployment({}, { ...seen, replicas: 1, updatedReplicas: 1, availableReplicas: 1 }))).toBe(
      "ready",
    );
    const conditions = [{ type: "Progressing", reason: "ProgressDeadlineExceeded", message: "timed out" }];
    // The object may still appear, and the official provider waits for it.
    expect(await verdict(deployment({}, { ...seen, conditions }))).toBe("waiting: 0/1 updated");
  });

  it("does not wait for a claim that its first pod will bind", async () => {
    const claim = {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      spec: { storageClassName: "a" },
      status: { phase: "Pending" },
    };
    const classes = (volumeBindingMode: string) =>
      ({ get: () => Promise.resolve({ metadata: { name: "a" }, volumeBindingMode }) }) as unknown as Client;
    expect(await verdict(claim, classes("WaitForFirstConsumer"))).toBe("ready");
    expect(await verdict(claim, classes("Immediate"))).toBe("waiting: phase Pending");
    const bound = { ...claim, status: { phase: "Bound" } };
    expect(await verdict(bound, classes("Immediate"))).toBe("ready");
    const updated = await readinessOf(bound)?.check(bound, classes("WaitForFirstConsumer"), {
      waitedSeconds: 0,
      before: claim,
    });
    expect(updated?.state).toBe("ready");
  });

  it("waits until no pod behind a service is unready, and a moment for there to be any", async () => {
    const slices = (...endpoints: Props[]) =>
      ({
        list: () => Promise.resolve([{ endpoints: endpoints.map((conditions) => ({ conditions })) }]),
      }) as unknown as Client;
    const service = (spec: Props): Props => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "x", namespace: "ns" },
      spec,
    });
    const selecting = service({ selector: { a: "b" } });
    expect(await verdict(selecting, slices({ ready: true }, { ready: false }))).toBe(
      "waiting: 1 pods behind it are not ready",
    );
    expect(await verdict(selecting, slices({ ready: true }, { ready: false, terminating: true }))).toBe("ready");
    expect(await verdict(selecting, slices(), 9)).toBe("waiting: no pod behind it is ready");
    expect(await verdict(selecting, slices(), 10)).toBe("ready");
    for (const spec of [{ type: "ExternalName" }, { clusterIP: "None", selector: { a: "b" } }, {}])
      expect(await verdict(service(spec))).toBe("ready");
  });

  it("gives up on the services of an ingress after a while, and never on its address", async () => {
    const ingress = (status: Props): Props => ({
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { namespace: "ns" },
      spec: { rules: [{ http: { paths: [{ backend: { service: { name: "gone" } } }] } }] },
      status,
    });
    const nothing = { get: () => Promise.resolve(undefined), list: () => Promise.resolve([]) } as unknown as Client;
    const addressed = { loadBalancer: { ingress: [{ ip: "10.0.0.1" }] } };
    expect(await verdict(ingress(addressed), nothing, 59)).toBe("waiting: nothing behind service gone");
    expect(await verdict(ingress(addressed), nothing, 60)).toBe("ready");
    expect(await verdict(ingress({}), nothing, 599)).toBe("waiting: no address yet");
  });

  it("knows a finished job, and a failed one by the two reasons that the official provider knows", async () => {
    const job = (type: string, reason = "", spec: Props = {}) => ({
      apiVersion: "batch/v1",
      kind: "Job",
      spec,
      status: { startTime: "t", conditions: [{ type, status: "True", reason, message: "too often" }] },
    });
    expect(await verdict(job("Complete"))).toBe("ready");
    expect(await verdict(job("Failed", "BackoffLimitExceeded"))).toBe("failed: [BackoffLimitExceeded] too often");
    expect(await verdict(job("Failed", "DeadlineExceeded"))).toBe("failed: [DeadlineExceeded] too often");
    expect(await verdict(job("Failed", "PodFailurePolicy"))).toBe("waiting: 0 active, 0 failed: too often");
    expect(await verdict(job("Suspended", "JobSuspended", { suspend: true }))).toBe("waiting: 0 active, 0 failed");
  });

  it("waits for a quota to be counted, and for a token", async () => {
    const quota = (status: Props) => ({
      apiVersion: "v1",
      kind: "ResourceQuota",
      spec: { hard: { pods: "3" } },
      status,
    });
    expect(await verdict(quota({}))).toBe("waiting: the controller has not seen it yet");
    expect(await verdict(quota({ hard: { pods: "3" } }))).toBe("ready");
    const token = { apiVersion: "v1", kind: "Secret", type: "kubernetes.io/service-account-token" };
    expect(await verdict(token)).toBe("waiting: it has no token yet");
    expect(await verdict({ ...token, data: { token: "x" } })).toBe("ready");
  });

  it("takes a namespace and a definition for ready when they exist", () => {
    expect(readinessOf({ apiVersion: "v1", kind: "Namespace" })).toBeUndefined();
    expect(readinessOf({ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" })).toBeUndefined();
  });

  it("knows nothing of a custom resource that shares a kind's name", () => {
    expect(readinessOf({ apiVersion: "serving.example.com/v1", kind: "Service" })).toBeUndefined();
  });
});

describe("pulumi.com/waitFor", () => {
  const waitFor = (value: string) => waitForOf({ metadata: { annotations: { "pulumi.com/waitFor": value } } });
  const live = {
    status: { phase: "Up", conditions: [{ type: "Ready", status: "False", message: "no quorum" }] },
    list: [{ "a.b": 1 }],
  };

  it.each([
    ["jsonpath={.status.phase}=Up", "ready"],
    ["jsonpath={.status.phase}", "ready"],
    ["jsonpath={.list[0]['a.b']}=1", "ready"],
    ["jsonpath={.status.phase}=Down", 'waiting: .status.phase is "Up"'],
    ["condition=Ready", "waiting: condition Ready is False: no quorum"],
    ["condition=Ready=False", "ready"],
    ['["jsonpath={.status.phase}=Up", "condition=Synced"]', "waiting: condition Synced is not there"],
  ])("%s", async (value, expected) => {
    const found = await waitFor(value)?.(live, noCluster, { waitedSeconds: 0 });
    expect(found?.state === "ready" ? "ready" : `${found?.state}: ${found?.message}`).toBe(expected);
  });

  it("does not believe a condition of an older generation, as after an update", async () => {
    const of = (observedGeneration: number): Props => ({
      metadata: { generation: 2 },
      status: { conditions: [{ type: "Ready", status: "True", observedGeneration }] },
    });
    const states = [1, 2].map(
      async (seen) => (await waitFor("condition=Ready")?.(of(seen), noCluster, { waitedSeconds: 0 }))?.state,
    );
    expect(await Promise.all(states)).toEqual(["waiting", "ready"]);
  });

  it("rejects what it does not understand", () => {
    expect(() => waitFor("ready")).toThrow("pulumi.com/waitFor: not understood, got ready");
    expect(() => waitFor("jsonpath={.a[?(@.b)]}=1")).toThrow("only plain paths are supported");
  });
});
