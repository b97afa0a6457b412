import { UNKNOWN } from "./model/judged-resource.ts";
import { refuseRetiredComponents } from "./rules/refuse-retired-components.ts";
import { refuseTheTagLatest } from "./rules/refuse-the-tag-latest.ts";
import { runImagesByDigest } from "./rules/run-images-by-digest.ts";
import { waivers } from "./waivers.ts";
import {
  deployment,
  DIGEST,
  findings,
  goodContainer,
  postgres,
  release,
  running,
  subject,
} from "./testing/builders.ts";

const WHERE = "Deployment thing, container main";

describe("run-images-by-digest", () => {
  test("passes a digest, and one that is not known yet", () => {
    expect(findings(runImagesByDigest, deployment(), postgres(), running({ image: `ghcr.io/x:1@${UNKNOWN}` }))).toEqual(
      [],
    );
  });

  test("refuses a tag, in init containers and for the operator too", () => {
    const tagged = { ...goodContainer, image: "ghcr.io/x:1" };
    expect(findings(runImagesByDigest, deployment({ initContainers: [{ ...tagged, name: "first" }] }))).toEqual([
      'Deployment thing, container first: image must be named by digest, got "ghcr.io/x:1"; ' +
        "append @sha256:… or waive the repository in policy/waivers.ts",
    ]);
    expect(findings(runImagesByDigest, postgres({ imageName: "ghcr.io/x:15" }))).toEqual([
      'Cluster thing: image must be named by digest, got "ghcr.io/x:15"; append @sha256:… or waive the repository in policy/waivers.ts',
    ]);
  });

  test("lets exactly the waived repositories be tagged", () => {
    expect(findings(runImagesByDigest, running({ image: "docker.io/valkey/valkey:7.2" }))).toEqual([]);
    expect(findings(runImagesByDigest, running({ image: "docker.io/valkey/valkey-extra:7.2" }))).toHaveLength(1);
  });

  test("has no waiver without a reason, and none for the application", () => {
    expect(waivers.filter(({ reason }) => reason.length < 30)).toEqual([]);
    expect(waivers.filter(({ subject: repository }) => repository.includes("acci"))).toEqual([]);
  });
});

describe("refuse-the-tag-latest", () => {
  test("passes a version", () => expect(findings(refuseTheTagLatest, deployment(), postgres())).toEqual([]));

  test.each(["x:latest", `x:latest@${DIGEST}`, "registry:5000/x"])("refuses %s", (image) =>
    expect(findings(refuseTheTagLatest, running({ image }))).toEqual([
      `${WHERE}: image must name a version, got ${JSON.stringify(image)}; give it the tag of a release`,
    ]),
  );

  test("is content with a digest alone", () =>
    expect(findings(refuseTheTagLatest, running({ image: `x@${DIGEST}` }))).toEqual([]));
});

describe("refuse-retired-components", () => {
  test.each([
    "docker.io/library/redis:7.2.4",
    "docker.io/valkey/valkey:8.1",
    "jaegertracing/jaeger:2.9.0",
    "minio/mc:1",
  ])("passes %s", (image) => expect(findings(refuseRetiredComponents, running({ image }))).toEqual([]));

  test.each([
    ["registry.k8s.io/ingress-nginx/controller:v1.14.0", "the ingress-nginx controller"],
    ["docker.io/bitnami/postgresql:17", "a Bitnami chart or image"],
    ["bitnamilegacy/redis:7.2", "a Bitnami chart or image"],
    ["quay.io/minio/minio:RELEASE.2025-09-07", "the MinIO server"],
    ["grafana/promtail:3.5.0", "Promtail"],
    ["jaegertracing/all-in-one:1.70", "Jaeger 1"],
    ["redis:7.4", "Redis 7.4 or later"],
    ["docker.io/library/redis:8-alpine", "Redis 7.4 or later"],
    ["redis:alpine", "Redis 7.4 or later"],
  ])("refuses the image %s", (image, name) => {
    const [found, ...more] = findings(refuseRetiredComponents, running({ image }));
    expect([found, more]).toEqual([expect.stringContaining(`${WHERE}: image must not be ${name}, which `), []]);
    expect(found).toContain(`, got ${JSON.stringify(image)}; use `);
  });

  test.each([
    [{ chart: "ingress-nginx", repositoryOpts: { repo: "https://kubernetes.github.io/ingress-nginx" } }],
    [{ chart: "postgresql", repositoryOpts: { repo: "https://charts.bitnami.com/bitnami" } }],
    [{ chart: "oci://registry-1.docker.io/bitnamicharts/redis" }],
    [{ chart: "minio", repositoryOpts: { repo: "https://charts.min.io" } }],
    [{ chart: "promtail", repositoryOpts: { repo: "https://grafana.github.io/helm-charts" } }],
  ])("refuses the chart %j", (props) => expect(findings(refuseRetiredComponents, release(props))).toHaveLength(1));

  test("passes other charts, and what is no release", () => {
    const chart = { chart: "traefik", repositoryOpts: { repo: "https://traefik.github.io/charts" } };
    expect(findings(refuseRetiredComponents, release(chart), subject("acci:index:X", { chart: "minio" }))).toEqual([]);
  });
});
