import type { Props } from "../serve/values.ts";
import type { Client } from "./client.ts";
import { readinessOf } from "./readiness.ts";
import { waitForOf } from "./wait-for.ts";

const noCluster = {} as Client;
const verdict = async (live: Props, client = noCluster, waited = 0) => {
  const { state, message } = (await readinessOf(live)?.check(live, client, waited)) ?? { state: "none", message: "" };
  return state === "ready" ? state : `${state}: ${message}`;
};
const deployment = (spec: Props, status: Props): Props => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { generation: 2 },
  spec,
  status,
});

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
    expect(await verdict(deployment({}, { ...seen, conditions }))).toBe("failed: timed out");
  });

  it("does not wait for a claim that its first pod will bind", async () => {
    const claim = {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      spec: { storageClassName: "a" },
      status: { phase: "Pending" },
    };
    const classes = (volumeBindingMode: string) =>
      ({ list: () => Promise.resolve([{ metadata: { name: "a" }, volumeBindingMode }]) }) as unknown as Client;
    expect(await verdict(claim, classes("WaitForFirstConsumer"))).toBe("ready");
    expect(await verdict(claim, classes("Immediate"))).toBe("waiting: phase Pending");
  });

  it("waits for a pod behind a service, if it is to have any", async () => {
    const slices = (ready: boolean) =>
      ({ list: () => Promise.resolve([{ endpoints: [{ conditions: { ready } }] }]) }) as unknown as Client;
    const service = (spec: Props): Props => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "x", namespace: "ns" },
      spec,
    });
    expect(await verdict(service({ selector: { a: "b" } }), slices(false))).toBe("waiting: no pod behind it is ready");
    expect(await verdict(service({ selector: { a: "b" } }), slices(true))).toBe("ready");
    for (const spec of [{ type: "ExternalName" }, { clusterIP: "None", selector: { a: "b" } }, {}])
      expect(await verdict(service(spec))).toBe("ready");
  });

  it("gives up on the address of an ingress after a while, and on nothing else", async () => {
    const ingress = {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { namespace: "ns" },
      spec: { rules: [] },
    };
    expect(await verdict(ingress, noCluster, 10)).toBe("waiting: no address yet");
    expect(await verdict(ingress, noCluster, 61)).toBe("ready");
  });

  it("knows a finished and a failed job", async () => {
    const job = (type: string) => ({
      apiVersion: "batch/v1",
      kind: "Job",
      status: { conditions: [{ type, status: "True", message: "too often" }] },
    });
    expect(await verdict(job("Complete"))).toBe("ready");
    expect(await verdict(job("Failed"))).toBe("failed: too often");
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
    const found = await waitFor(value)?.(live, noCluster, 0);
    expect(found?.state === "ready" ? "ready" : `${found?.state}: ${found?.message}`).toBe(expected);
  });

  it("rejects what it does not understand", () => {
    expect(() => waitFor("ready")).toThrow("pulumi.com/waitFor: not understood, got ready");
    expect(() => waitFor("jsonpath={.a[?(@.b)]}=1")).toThrow("only plain paths are supported");
  });
});
