import * as pulumi from "@pulumi/pulumi";
import { ApiError, type KubeApi } from "../kubernetes/api.ts";
import { clusterIdentity } from "./cluster-identity.ts";

const warned = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
beforeEach(() => void warned.mockClear());
afterAll(() => jest.restoreAllMocks());

const cluster =
  (answer: () => object): (() => Promise<KubeApi>) =>
  () =>
    Promise.resolve({
      ask: <T>(path: string) =>
        Promise.resolve().then(() => {
          expect(path).toBe("/api/v1/namespaces/kube-system");
          return answer() as T;
        }),
    });
const withUid = (uid: string) => cluster(() => ({ metadata: { uid } }));
const failing = (error: Error) =>
  cluster(() => {
    throw error;
  });
const last = (uid?: string) => () => Promise.resolve(uid);

test.each([
  ["the first one", undefined],
  ["the one of the last update", "a"],
])("a cluster that is %s is recorded", async (_, before) => {
  expect(await clusterIdentity("prod", withUid("a"), last(before))).toBe("a");
});

test("another cluster is refused, with both identities and the ways out", async () => {
  await expect(clusterIdentity("prod", withUid("b"), last("a"))).rejects.toThrow(
    /^acci:cluster: must be .* UID a, got one with UID b by the context prod .*; choose the context.*`pulumi stack rm \S+ --force` and `pulumi stack init/,
  );
  await expect(clusterIdentity(undefined, withUid("b"), last("a"))).rejects.toThrow("by the current context");
});

test("a cluster that is not reached is the recorded one, and others say so", async () => {
  expect(await clusterIdentity("prod", failing(new Error("no answer")), last("a"))).toBe("a");
  expect(warned).not.toHaveBeenCalled();
});

test("a cluster that may not be asked is said", async () => {
  expect(await clusterIdentity("prod", failing(new ApiError(403, "forbidden")), last())).toBeUndefined();
  expect(warned).toHaveBeenCalledWith(expect.stringContaining("forbidden"));
});
