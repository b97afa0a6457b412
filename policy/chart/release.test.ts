/** @needs helm */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judge } from "../judge.ts";
import { UNKNOWN } from "../model/judged-resource.ts";
import { imagesOf } from "../model/workloads.ts";
import { findings, release } from "../testing/builders.ts";
import { requireResourceLimits } from "../rules/require-resource-limits.ts";
import { requireImageDigests } from "../rules/require-image-digests.ts";

const values = {
  image: { digest: UNKNOWN },
  database: { existingSecret: "db", migrateSecret: UNKNOWN },
  cache: { existingSecret: "cache" },
  postgresql: { enabled: false },
  redis: { enabled: false },
};
const PLACES = [
  "Deployment thing-acci-framework of release thing, container migrate",
  "Deployment thing-acci-framework of release thing, container acci",
  "Pod thing-acci-framework-test of release thing, container ready",
  "Pod thing-acci-framework-test of release thing, container serves",
];
const application = (over: object = {}) => release({ chart: "./helm", values: { ...values, ...over } });

test("a release whose digest is not known yet is rendered all the same", () => {
  expect(imagesOf(application()).map(({ where }) => where)).toEqual(PLACES);
});

test("the rules judge what a release would apply", () => {
  const image = { repository: "ghcr.io/broccode/acci-framework", tag: "1.0.0" };
  expect(findings(requireImageDigests, application({ image }))).toEqual(
    PLACES.map(
      (place) =>
        `${place}: image must be named by digest, ` +
        'got "ghcr.io/broccode/acci-framework:1.0.0"; append @sha256:… or waive the repository in policy/waivers.ts',
    ),
  );
  expect(findings(requireResourceLimits, application({ resources: { limits: null } }))).not.toEqual([]);
});

test("the chart's evaluation tier would not pass, which is why no stack may enable it", () => {
  const rules = judge([application({ postgresql: { enabled: true } })]).map(({ rule }) => rule);
  expect([...new Set(rules)]).toEqual(["require-default-deny", "require-image-digests", "require-network-policies"]);
});

test("values the chart refuses are an error, not a pass", () => {
  expect(() => imagesOf(application({ replicaCount: 0 }))).toThrow(/helm: cannot be rendered, got .*replicaCount/s);
});

test("a chart from a repository has no objects here", () => {
  expect(imagesOf(release({ chart: "cert-manager" }))).toEqual([]);
});

describe("a chart of somebody else's, on this machine", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "acci-chart-"));
    mkdirSync(join(folder, "templates"));
    writeFileSync(join(folder, "Chart.yaml"), "apiVersion: v2\nname: other\nversion: 1.0.0\n");
    const pod = { containers: [{ name: "main", image: "quay.io/other:1" }] };
    const manifest = { apiVersion: "v1", kind: "Pod", metadata: { name: "other" }, spec: pod };
    writeFileSync(join(folder, "templates", "pod.yaml"), JSON.stringify(manifest));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("stops nothing, but what it breaks is counted", () => {
    const violations = judge([release({ chart: folder, values: {} })]);
    expect(violations).toEqual([
      {
        rule: "require-chart-review",
        level: "advisory",
        message:
          "thing: objects should keep the rules, got require-resource-limits broken 4 times, require-probes 2 times, " +
          "restrict-pod-security 5 times, require-image-digests once, disallow-service-account-tokens once; " +
          "set what the chart's values offer",
      },
    ]);
  });
});
