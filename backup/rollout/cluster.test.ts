import { Changed, siteObjects } from "./cluster.ts";

const answering = (status: number, body: object | string = {}) => {
  const asked: unknown[] = [];
  const objects = siteObjects("acci-test", async (...request) => {
    asked.push(request);
    return { status, body: typeof body === "string" ? body : JSON.stringify(body) };
  });
  return { asked, objects };
};
const ROUTE = "/apis/gateway.networking.k8s.io/v1/namespaces/acci-test/httproutes/acci-framework";
const read = { metadata: { resourceVersion: "7", generation: 2 }, spec: { rules: [] } };

test("a route that is not there is none", async () => {
  expect(await answering(404).objects.route()).toBeUndefined();
});

test("a route is written only as it was read", async () => {
  const { asked, objects } = answering(200);
  await objects.writeRoute(read, [], { "acci.dev/rollout": "{}" });
  expect(asked).toEqual([
    [
      "PATCH",
      ROUTE,
      { metadata: { resourceVersion: "7", annotations: { "acci.dev/rollout": "{}" } }, spec: { rules: [] } },
    ],
  ]);
  await expect(answering(409).objects.writeRoute(read, [], {})).rejects.toThrow(Changed);
});

test("the canary's pods are set by its scale, and counted without those that end", async () => {
  const scaled = answering(200);
  await scaled.objects.scaleCanary(2);
  const [[method, path, body]] = scaled.asked as [[string, string, object]];
  expect([method, path, body]).toEqual([
    "PATCH",
    "/apis/apps/v1/namespaces/acci-test/deployments/acci-framework-canary/scale",
    { spec: { replicas: 2 } },
  ]);
  const pods = ["stays", "ends"].map((name) => ({
    metadata: { name, ...(name === "ends" ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {}) },
    status: {},
  }));
  const found = await answering(200, { items: pods }).objects.canaryPods();
  expect(found.map(({ metadata }) => metadata.name)).toEqual(["stays"]);
});

test("a refusal is told with what was asked", async () => {
  await expect(answering(403, "not yours").objects.route()).rejects.toThrow(
    `Kubernetes API: must allow GET ${ROUTE}, got 403 not yours`,
  );
});
