import type { Context } from "../serve/provider.ts";
import type { Props } from "../serve/values.ts";
import { awaitReady, checkRead, skipsAwaitGone } from "./await.ts";
import type { Client } from "./client.ts";

const log = { status: () => undefined, warn: () => undefined };
const context = { timeoutSeconds: 30, signal: new AbortController().signal, log } as unknown as Context;
const ref = { apiVersion: "batch/v1", kind: "Job", namespace: "ns", name: "x" };
const job = (version: number, status: Props = {}): Props => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name: "x", namespace: "ns", resourceVersion: String(version) },
  status: { startTime: "t", ...status },
});

/** Waits on a fake cluster, which shows at each second what `look` returns. */
async function wait(look: (second: number) => Props | undefined, timeoutSeconds: number, kind = ref) {
  jest.useFakeTimers();
  const start = Date.now();
  const seconds = () => (Date.now() - start) / 1000;
  const client = { get: () => Promise.resolve(look(seconds())), list: () => Promise.resolve([]) } as unknown as Client;
  let ended: { after: number; problem?: string } | undefined;
  const live = look(0)!;
  void awaitReady(client, { ...context, timeoutSeconds }, kind, {}, { live }).then(({ problem }) => {
    ended = { after: Math.round(seconds()), problem };
  });
  for (let i = 0; i < 1200 && !ended; i++) await jest.advanceTimersByTimeAsync(1000);
  jest.useRealTimers();
  return ended;
}

/** jobInitAwaiter.Await, await/job.go of pulumi-kubernetes 4.34.2. */
describe("the timeout of a job", () => {
  it("begins anew at every event, so that one a controller keeps touching is waited for", async () => {
    const failed = {
      conditions: [{ type: "Failed", status: "True", reason: "BackoffLimitExceeded", message: "over" }],
    };
    const ended = await wait((second) => job(Math.floor(second / 20), second > 200 ? failed : {}), 30);
    expect(ended).toEqual({ after: 200, problem: "Job ns/x: failed: [BackoffLimitExceeded] over" });
  });

  it("ends the wait for a silent one when it is shorter than a resync, and never when it is not", async () => {
    expect((await wait(() => job(1), 30))?.problem).toContain("not ready after 30 s");
    expect(await wait(() => job(1), 90)).toBeUndefined();
  });

  it("ends the wait for one that was deleted", async () => {
    const ended = await wait((second) => (second > 5 ? undefined : job(1)), 90);
    expect(ended?.problem).toBe("Job ns/x: not ready after 90 s: 0 active, 0 failed");
  });
});

it("any other timeout counts from the start", async () => {
  const deployment = { ...ref, apiVersion: "apps/v1", kind: "Deployment" };
  const live = (second: number): Props => ({ ...job(Math.floor(second)), ...deployment, spec: {} });
  expect((await wait(live, 30, deployment))?.after).toBeLessThan(34);
});

/** `awaitRead` and allowsSkipAwaitWithDelete of the same. */
describe("what a refresh and a deletion wait for", () => {
  it("is the readiness of workloads, never the program's own condition", async () => {
    const annotations = { "pulumi.com/waitFor": "condition=Ready" };
    const claim = { apiVersion: "v1", kind: "PersistentVolumeClaim", status: { phase: "Pending" } };
    const own = { apiVersion: "cert-manager.io/v1", kind: "Certificate", metadata: { annotations } };
    for (const live of [claim, own])
      expect(await checkRead({} as Client, { ...ref, kind: live.kind }, live, live)).toBeUndefined();
    expect(await checkRead({} as Client, ref, {}, job(1))).toBe("Job ns/x: 0 active, 0 failed");
  });

  it("is skipped at a deletion of some kinds only", () => {
    const asking = (apiVersion: string, kind: string) =>
      skipsAwaitGone({ apiVersion, kind, metadata: { annotations: { "pulumi.com/skipAwait": "true" } } });
    expect(asking("batch/v1", "Job")).toBe(true);
    expect(asking("v1", "PersistentVolumeClaim")).toBe(false);
    expect(asking("postgresql.cnpg.io/v1", "Cluster")).toBe(false);
  });
});
