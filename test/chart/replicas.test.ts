/** @needs helm */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { parseAllDocuments } from "yaml";
import { helm } from "../../tooling/helm.ts";
import { CHART, type Manifest, pick } from "./helm.ts";
import { EXTERNAL, NAME } from "./value-sets.ts";

const DEPLOYMENT = `/apis/apps/v1/namespaces/acci/deployments/${NAME}`;
const ROUTES = "/apis/gateway.networking.k8s.io/v1/namespaces/acci/httproutes";
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
      {
        name: "gateway.networking.k8s.io",
        versions: [{ groupVersion: "gateway.networking.k8s.io/v1", version: "v1" }],
      },
    ],
  },
  "/api/v1": { kind: "APIResourceList", groupVersion: "v1", resources: [] },
  "/apis/apps/v1": {
    kind: "APIResourceList",
    groupVersion: "apps/v1",
    resources: [{ name: "deployments", kind: "Deployment", namespaced: true, verbs: ["get"] }],
  },
  "/apis/gateway.networking.k8s.io/v1": {
    kind: "APIResourceList",
    groupVersion: "gateway.networking.k8s.io/v1",
    resources: [{ name: "httproutes", kind: "HTTPRoute", namespaced: true, verbs: ["get", "list"] }],
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
    // `helm template` does not ask which kinds there are, as an upgrade does.
    const cluster = [
      "--api-versions=gateway.networking.k8s.io/v1/HTTPRoute",
      "--dry-run=server",
      `--kube-apiserver=${address}`,
      "--kubeconfig=/dev/null",
    ];
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

  /** A release that is scaled from outside, with pods of a version, and a route that gives it so many percent. */
  const scaled = (version: string, weight: number) => ({
    [DEPLOYMENT]: {
      ...live(3),
      spec: { replicas: 3, template: { metadata: { annotations: { "acci.dev/version": version } } } },
    },
    [ROUTES]: {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRouteList",
      items: [
        {
          apiVersion: "gateway.networking.k8s.io/v1",
          kind: "HTTPRoute",
          metadata: { name: "another", namespace: "acci" },
          spec: {
            rules: [
              // Requests with the canary's header, which say nothing of its share.
              { backendRefs: [{ name: NAME, port: 8080, weight: 1 }] },
              { filters: [{ type: "RequestRedirect" }] },
              {
                backendRefs: [
                  { name: "another", port: 8080, weight: 101 - weight },
                  ...(weight > 0 ? [{ name: NAME, port: 8080, weight }] : []),
                ],
              },
            ],
          },
        },
      ],
    },
  });
  const FROM_OUTSIDE = {
    "autoscaling.enabled": false,
    scaledFromOutside: true,
    podAnnotations: { "acci.dev/version": "two" },
  };

  test.each<[string, Record<string, object>, number]>([
    ["is none at first, when it is scaled from outside", {}, 0],
    ["is left alone before the first step of a rollout", scaled("two", 0), 3],
    ["and in one", scaled("two", 20), 3],
    ["is left alone for another version while users are led to the one before", scaled("one", 20), 3],
    ["ends what stands by of the version before", scaled("one", 0), 0],
    ["is left alone where the same version has all requests", scaled("two", 100), 3],
  ])("%s", async (_, found, replicas) => {
    expect((await upgraded(found, FROM_OUTSIDE))["spec"].replicas).toBe(replicas);
  });

  test("a release that all requests are led to gets no other version", async () => {
    await expect(upgraded(scaled("one", 100), FROM_OUTSIDE)).rejects.toThrow(
      /must not get another version while all requests are led to it; wait for the end of the rollout, or run make switch-back/,
    );
  });
});
