import { UNKNOWN } from "./model/judged-resource.ts";
import { disallowRetiredComponents } from "./rules/disallow-retired-components.ts";
import { disallowLatestTag } from "./rules/disallow-latest-tag.ts";
import { requireImageDigests } from "./rules/require-image-digests.ts";
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

describe("require-image-digests", () => {
  test("passes a digest, and one that is not known yet", () => {
    expect(
      findings(requireImageDigests, deployment(), postgres(), running({ image: `ghcr.io/x:1@${UNKNOWN}` })),
    ).toEqual([]);
  });

  test("refuses a tag, in init containers and for the operator too", () => {
    const tagged = { ...goodContainer, image: "ghcr.io/x:1" };
    expect(findings(requireImageDigests, deployment({ initContainers: [{ ...tagged, name: "first" }] }))).toEqual([
      'Deployment thing, container first: image must be named by digest, got "ghcr.io/x:1"; ' +
        "append @sha256:… or waive the repository in policy/waivers.ts",
    ]);
    expect(findings(requireImageDigests, postgres({ imageName: "ghcr.io/x:15" }))).toEqual([
      'Cluster thing: image must be named by digest, got "ghcr.io/x:15"; append @sha256:… or waive the repository in policy/waivers.ts',
    ]);
  });

  test("lets exactly the waived repositories be tagged", () => {
    expect(findings(requireImageDigests, running({ image: "docker.io/valkey/valkey:7.2" }))).toEqual([]);
    expect(findings(requireImageDigests, running({ image: "docker.io/valkey/valkey-extra:7.2" }))).toHaveLength(1);
  });

  test("has no waiver without a reason, and none for the application", () => {
    expect(waivers.filter(({ reason }) => reason.length < 30)).toEqual([]);
    expect(waivers.filter(({ subject: repository }) => repository.includes("acci"))).toEqual([]);
  });
});

describe("disallow-latest-tag", () => {
  test("passes a version", () => expect(findings(disallowLatestTag, deployment(), postgres())).toEqual([]));

  test.each(["x:latest", `x:latest@${DIGEST}`, "registry:5000/x"])("refuses %s", (image) =>
    expect(findings(disallowLatestTag, running({ image }))).toEqual([
      `${WHERE}: image must name a version, got ${JSON.stringify(image)}; give it the tag of a release`,
    ]),
  );

  test("is content with a digest alone", () =>
    expect(findings(disallowLatestTag, running({ image: `x@${DIGEST}` }))).toEqual([]));
});

describe("disallow-retired-components", () => {
  test.each([
    "docker.io/library/redis:7.2.4",
    "docker.io/valkey/valkey:8.1",
    "jaegertracing/jaeger:2.9.0",
    "minio/mc:1",
  ])("passes %s", (image) => expect(findings(disallowRetiredComponents, running({ image }))).toEqual([]));

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
    const [found, ...more] = findings(disallowRetiredComponents, running({ image }));
    expect([found, more]).toEqual([expect.stringContaining(`${WHERE}: image must not be ${name}, which `), []]);
    expect(found).toContain(`, got ${JSON.stringify(image)}; use `);
  });

  test.each([
    [{ chart: "ingress-nginx", repositoryOpts: { repo: "https://kubernetes.github.io/ingress-nginx" } }],
    [{ chart: "postgresql", repositoryOpts: { repo: "https://charts.bitnami.com/bitnami" } }],
    [{ chart: "oci://registry-1.docker.io/bitnamicharts/redis" }],
    [{ chart: "minio", repositoryOpts: { repo: "https://charts.min.io" } }],
    [{ chart: "promtail", repositoryOpts: { repo: "https://grafana.github.io/helm-charts" } }],
  ])("refuses the chart %j", (props) => expect(findings(disallowRetiredComponents, release(props))).toHaveLength(1));

  test("passes other charts, and what is no release", () => {
    const chart = { chart: "traefik", repositoryOpts: { repo: "https://traefik.github.io/charts" } };
    expect(findings(disallowRetiredComponents, release(chart), subject("acci:index:X", { chart: "minio" }))).toEqual(
      [],
    );
  });
});
