/** @needs helm */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { parseAllDocuments } from "yaml";
import { helm } from "../../tooling/helm.ts";
import { CHART, type Manifest, pick } from "./helm.ts";
import { EXTERNAL, NAME } from "./value-sets.ts";

const DEPLOYMENT = `/apis/apps/v1/namespaces/acci/deployments/${NAME}`;
const AUTOSCALER = `/apis/autoscaling/v2/namespaces/acci/horizontalpodautoscalers/${NAME}`;

/** What Helm asks a cluster before it asks for an object. */
const DISCOVERY: Readonly<Record<string, object>> = {
  "/version": { major: "1", minor: "34", gitVersion: "v1.34.0" },
  "/api": { kind: "APIVersions", versions: ["v1"] },
  "/apis": {
    kind: "APIGroupList",
    groups: [
      { name: "apps", versions: [{ groupVersion: "apps/v1", version: "v1" }] },
      { name: "autoscaling", versions: [{ groupVersion: "autoscaling/v2", version: "v2" }] },
    ],
  },
  "/api/v1": { kind: "APIResourceList", groupVersion: "v1", resources: [] },
  "/apis/apps/v1": {
    kind: "APIResourceList",
    groupVersion: "apps/v1",
    resources: [{ name: "deployments", kind: "Deployment", namespaced: true, verbs: ["get"] }],
  },
  "/apis/autoscaling/v2": {
    kind: "APIResourceList",
    groupVersion: "autoscaling/v2",
    resources: [
      { name: "horizontalpodautoscalers", kind: "HorizontalPodAutoscaler", namespaced: true, verbs: ["get"] },
    ],
  },
};

describe("the number of pods that an upgrade writes", () => {
  let objects: Record<string, object> = {};
  let server: Server;
  let address: string;

  beforeAll(async () => {
    server = createServer(({ url }, response) => {
      const { pathname } = new URL(url!, "http://cluster");
      const found = DISCOVERY[pathname] ?? objects[pathname];
      const missing = { kind: "Status", apiVersion: "v1", status: "Failure", reason: "NotFound", code: 404 };
      response.writeHead(found ? 200 : 404, { "content-type": "application/json" });
      response.end(JSON.stringify(found ?? missing));
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  const live = (replicas: number, annotations?: object) => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: NAME, namespace: "acci", annotations },
    spec: { replicas },
  });
  const autoscaler = { apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", metadata: { name: NAME } };

  /** The Deployment that the chart would apply to a cluster with these objects. */
  async function upgraded(found: Record<string, object>, values: object = {}): Promise<Manifest> {
    objects = found;
    const sets = Object.entries({ ...EXTERNAL, ...values }).flatMap(([key, value]) => [
      "--set-json",
      `${key}=${JSON.stringify(value)}`,
    ]);
    const cluster = ["--dry-run=server", `--kube-apiserver=${address}`, "--kubeconfig=/dev/null"];
    const text = await helm(["template", NAME, CHART, "--namespace", "acci", ...cluster, ...sets]);
    const manifests = parseAllDocuments(text).map((document) => document.toJS() as Manifest | null);
    return pick(
      manifests.filter((manifest) => manifest !== null),
      "Deployment",
      NAME,
    );
  }
  const KEPT = { "acci.dev/replicas": "kept" };

  test.each<[string, Record<string, object>, number | undefined]>([
    ["is left to the autoscaler in a new release", {}, undefined],
    [
      "is left to the autoscaler of a release that always had one",
      { [DEPLOYMENT]: live(7), [AUTOSCALER]: autoscaler },
      undefined,
    ],
    ["is kept as it is when autoscaling is turned on", { [DEPLOYMENT]: live(4) }, 4],
    ["is not below what the autoscaler would make of it", { [DEPLOYMENT]: live(2) }, 3],
    ["goes on being kept from then on", { [DEPLOYMENT]: live(7, KEPT), [AUTOSCALER]: autoscaler }, 7],
  ])("%s", async (_, found, replicas) => {
    const { metadata, ...deployment } = await upgraded(found);
    expect(deployment["spec"].replicas).toBe(replicas);
    expect(metadata.annotations).toEqual(replicas === undefined ? undefined : KEPT);
  });

  test("is the configured one when autoscaling is turned off", async () => {
    const found = { [DEPLOYMENT]: live(7, KEPT), [AUTOSCALER]: autoscaler };
    const { metadata, ...deployment } = await upgraded(found, { "autoscaling.enabled": false, replicaCount: 3 });
    expect([deployment["spec"].replicas, metadata.annotations]).toEqual([3, undefined]);
  });
});
