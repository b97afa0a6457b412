import { restrictServiceTypes } from "./rules/restrict-service-types.ts";
import { disallowPlainSecrets } from "./rules/disallow-plain-secrets.ts";
import { requireExplicitProvider } from "./rules/require-explicit-provider.ts";
import { requireNamespaceProtection } from "./rules/require-namespace-protection.ts";
import { requireDataProtection } from "./rules/require-data-protection.ts";
import type { JudgedResource } from "./model/judged-resource.ts";
import { findings, postgres, release, running, subject } from "./testing/builders.ts";

const statefulSet = (claims: object[], over: Partial<JudgedResource>) =>
  subject("kubernetes:apps/v1:StatefulSet", { spec: { volumeClaimTemplates: claims } }, over);

describe("require-data-protection", () => {
  const claim = (over: Partial<JudgedResource>) => subject("kubernetes:core/v1:PersistentVolumeClaim", {}, over);
  const prod = { stack: "prod" };

  test("passes what is protected, what holds nothing, and dev", () =>
    expect(
      findings(
        requireDataProtection,
        postgres({}, { ...prod, protect: true }),
        statefulSet([], prod),
        statefulSet([{}], { stack: "dev" }),
        claim({ ...prod, protect: true }),
      ),
    ).toEqual([]));

  test("refuses an unprotected cluster, claim or StatefulSet with claims", () => {
    expect(
      findings(requireDataProtection, postgres({}, prod), claim(prod), statefulSet([{}], { stack: "dr" })),
    ).toEqual([
      "thing: must be protected in prod, got protect false; give it protect and retainOnDelete",
      "thing: must be protected in prod, got protect false; give it protect and retainOnDelete",
      "thing: must be protected in dr, got protect false; give it protect and retainOnDelete",
    ]);
  });
});

describe("require-namespace-protection", () => {
  const namespace = (name: string, over: Partial<JudgedResource>) =>
    subject("kubernetes:core/v1:Namespace", { metadata: { name } }, { stack: "prod", name, ...over });
  const check = (...subjects: JudgedResource[]) => requireNamespaceProtection.checkAll([postgres({}), ...subjects]);

  test("passes a protected one, and one without data", () =>
    expect(check(namespace("here", { protect: true }), namespace("elsewhere", {}))).toEqual([]));

  test("refuses an unprotected one with data", () => {
    expect(check(namespace("here", {}))).toEqual([
      "here: must be protected in prod, as data is kept in it, got protect false; give it protect and retainOnDelete",
    ]);
    expect(check(namespace("here", { stack: "dev" }))).toEqual([]);
  });
});

test.each([
  ["cluster", []],
  [
    "default_4_34_2",
    ['thing: provider must be given, got "default_4_34_2"; pass the component\'s opts with { parent: this }'],
  ],
  [undefined, ["thing: provider must be given, got nothing; pass the component's opts with { parent: this }"]],
])("require-explicit-provider on the provider %s", (provider, expected) => {
  expect(findings(requireExplicitProvider, subject("kubernetes:core/v1:Secret", {}, { provider }))).toEqual(expected);
  expect(findings(requireExplicitProvider, subject("random:index:RandomPassword", {}, { provider }))).toEqual([]);
});

describe("disallow-plain-secrets", () => {
  const check = (...subjects: JudgedResource[]) => findings(disallowPlainSecrets, ...subjects);
  const map = (data: object, secrets: string[] = []) => subject("kubernetes:core/v1:ConfigMap", { data }, { secrets });
  const cure = "must be secret, got a plain text; pass a secret output, in a Secret that is mounted as a file";

  test("wants every entry of a Secret to be secret, whatever its name", () => {
    const stringData = { username: "acci", url: "x" };
    expect(check(subject("kubernetes:core/v1:Secret", { stringData }, { secrets: ["stringData"] }))).toEqual([]);
    expect(check(subject("kubernetes:core/v1:Secret", { stringData }, { secrets: ["stringData.url"] }))).toEqual([
      `thing: stringData.username ${cure}`,
    ]);
  });

  test("finds telling names and logins in a ConfigMap, without quoting them", () => {
    expect(
      check(map({ LOG_LEVEL: "info", PUBLIC_HOST: "x", DATABASE_URL_FILE: "/etc/url", "redis.conf": "port 1" })),
    ).toEqual([]);
    expect(check(map({ DB_PASSWORD: "hunter2", DATABASE_URL: "x", other: "redis://acci:hunter2@redis:6379" }))).toEqual(
      [
        `ConfigMap thing: data.DB_PASSWORD ${cure}`,
        `ConfigMap thing: data.DATABASE_URL ${cure}`,
        `ConfigMap thing: data.other ${cure}`,
      ],
    );
    expect(check(map({ token: "x" }, ["data.token"]))).toEqual([]);
  });

  test("finds them in the values of a release, but not the names of Secrets", () => {
    const values = { database: { existingSecret: "db", password: "hunter2" }, api: { token: "x" } };
    expect(check(release({ values }, { secrets: ["values.api.token"] }))).toEqual([
      `thing: values.database.password ${cure}`,
    ]);
  });

  test("finds them in environments, but not those read from a Secret or a file", () => {
    const env = [
      { name: "DATABASE_URL_FILE", value: "/etc/acci/url" },
      { name: "REDIS_PASSWORD", valueFrom: { secretKeyRef: { name: "redis", key: "password" } } },
      { name: "API_TOKEN", value: "x" },
    ];
    expect(check(running({ env }))).toEqual([`Deployment thing, container main: env API_TOKEN ${cure}`]);
  });
});

test("restrict-service-types refuses all ways in but an Ingress", () => {
  const service = (type?: string) => subject("kubernetes:core/v1:Service", { spec: { type } });
  expect(findings(restrictServiceTypes, service(), service("ClusterIP"))).toEqual([]);
  expect(findings(restrictServiceTypes, service("LoadBalancer"), service("NodePort"))).toEqual(
    ["LoadBalancer", "NodePort"].map(
      (type) =>
        `Service thing: spec.type must be ClusterIP, got "${type}"; route to it by an Ingress, or waive the resource in policy/waivers.ts`,
    ),
  );
});
