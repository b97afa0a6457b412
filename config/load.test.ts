import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { loadConfig, parseConfig } from "./load.ts";
import { BUCKETS } from "./schema/monitoring.ts";
import { configurationReference } from "./reference-docs.ts";
import { RENAMED } from "./renamed.ts";
import { project } from "../tooling/paths.ts";
import { STACKS, type StackName, stackValues } from "../test/stack-config.ts";

/** The stack's values with one key set, by its dotted path; undefined removes it. */
function withKey(stack: StackName, path: string, value: unknown, of = stackValues(stack)): Record<string, unknown> {
  const values = structuredClone(of);
  const parts = path.split(".");
  const parent = parts.slice(0, -1).reduce((node, part) => (node[part] ??= {}), values);
  if (value === undefined) delete parent[parts.at(-1)!];
  else parent[parts.at(-1)!] = value;
  return values;
}

function problemsOf(stack: StackName, values: Record<string, unknown>, isSecret?: () => boolean): string[] {
  try {
    parseConfig(stack, values, isSecret);
  } catch (error) {
    expect(pulumi.RunError.isInstance(error)).toBe(true);
    const [first, ...lines] = (error as Error).message.split("\n");
    expect(first).toBe(`invalid configuration of stack ${stack}`);
    return lines.map((line) => line.replace(/^ {2}- /, ""));
  }
  return [];
}

test.each(STACKS)("accepts %s as it stands", (stack) => {
  expect(problemsOf(stack, stackValues(stack))).toEqual([]);
});

test.each<[string, unknown, string]>([
  [
    "postgres.instances",
    "three",
    'acci:postgres.instances: must be a whole number from 1 to 9, got "three"; set it to, for example, 1',
  ],
  [
    "postgres.instances",
    0,
    "acci:postgres.instances: must be a whole number from 1 to 9, got 0; set it to, for example, 1",
  ],
  [
    "postgres.instances",
    undefined,
    "acci:postgres.instances: is required, got nothing; set it to a whole number from 1 to 9, for example 1",
  ],
  ["postgres.instnces", 3, "acci:postgres.instnces: is not a known key, got 3; did you mean acci:postgres.instances?"],
  ["postgress", { image: "x" }, 'acci:postgress: is not a known key, got {"image":"x"}; did you mean acci:postgres?'],
  [
    "tls.color",
    "red",
    'acci:tls.color: is not a known key, got "red"; remove it; known keys are issuer, server, email, caBundle',
  ],
  [
    "postgres.resources.limits.memory",
    "8G",
    'acci:postgres.resources.limits.memory: must be a quantity in Ki, Mi, Gi or Ti, got "8G"; set it to, for example, 512Mi',
  ],
  [
    "redis.resources.limits.cpu",
    1,
    "acci:redis.resources.limits.cpu: must be a CPU quantity, got 1; set it to, for example, 500m",
  ],
  [
    "namespace",
    "Acci_Dev",
    'acci:namespace: must be a DNS label: lower case letters, digits and hyphens, got "Acci_Dev"; set it to, for example, acci-dev',
  ],
  [
    "postgres.roles",
    [{ name: "report's" }],
    'acci:postgres.roles[0].name: must be the name of a role: at most 63 letters, digits, and of _ . @ $ -, a letter first, got "report\'s"; set it to, for example, reporting',
  ],
  [
    "postgres.roles",
    [{ name: "reporting", passwordsecret: "x" }],
    'acci:postgres.roles[0].passwordsecret: is not a known key, got "x"; did you mean acci:postgres.roles[0].passwordSecret?',
  ],
  [
    "postgres.extensions",
    "postgis",
    'acci:postgres.extensions: must be a list of extensions, got "postgis"; set it to, for example, [postgis]',
  ],
  [
    "backups.adopt",
    7300000000000000,
    'acci:backups.adopt: must be a number in quotes, got 7300000000000000; set it to, for example, "7300000000000000000"',
  ],
  [
    "telemetry",
    { endpoint: "collector:4318" },
    'acci:telemetry.endpoint: must be an http or https address without credentials, got "collector:4318"; set it to, for example, http://otel-collector.monitoring.svc:4318',
  ],
  [
    "telemetry",
    { endpoint: "https://acci:hunter2@collector" },
    'acci:telemetry.endpoint: must be an http or https address without credentials, got "https://acci:hunter2@collector"; set it to, for example, http://otel-collector.monitoring.svc:4318',
  ],
  [
    "telemetry",
    { endpoint: "http://collector:4318", sampleRatio: 10 },
    "acci:telemetry.sampleRatio: must be a number from 0 to 1, got 10; set it to, for example, 0.1",
  ],
  [
    "application.logLevel",
    "info,sqlx",
    'acci:application.logLevel: must be error, warn, info, debug or trace, or a list with targets, got "info,sqlx"; set it to, for example, info,sqlx=debug',
  ],
  [
    "telemetry",
    { endpoint: "http://tempo:4317", protocol: "grpc", collector: { mode: "install" } },
    "acci:telemetry.protocol: must be http/protobuf with a collector of this stack's own, got grpc; " +
      "remove it and use the store's port for HTTP, usually 4318",
  ],
  [
    "telemetry",
    { endpoint: "http://tempo:4318", collector: { logsEndpoint: "http://loki/otlp" } },
    "acci:telemetry.collector.logsEndpoint: must be unset when acci:telemetry.collector.mode is preinstalled, got http://loki/otlp; " +
      "set the mode to install, or remove it: nothing of this stack would send logs there",
  ],
  ["protect", "yes", 'acci:protect: must be true or false, got "yes"; set it to, for example, true'],
  [
    "redis",
    "on",
    'acci:redis: must be a section of keys, got "on"; set it to, for example, {image, evictionPolicy, tls, storage, appendfsync, storageClass, exporter, resources}',
  ],
  [
    "exposure.mode",
    "nodePort",
    'acci:exposure.mode: must be one of ingress, gateway, got "nodePort"; set it to, for example, ingress',
  ],
  [
    "image.build.platforms",
    ["linux/s390x"],
    'acci:image.build.platforms[0]: must be one of linux/amd64, linux/arm64, got "linux/s390x"; set it to, for example, linux/amd64',
  ],
  [
    "image.build.platforms",
    [],
    "acci:image.build.platforms: must be a list with at least one entry, got []; set it to, for example, [linux/amd64, linux/arm64]",
  ],
  [
    "tls.server",
    "http://ca",
    'acci:tls.server: must be an https address, got "http://ca"; set it to, for example, https://acme.example.com/directory',
  ],
  [
    "tls.email",
    "nobody",
    'acci:tls.email: must be a mail address, got "nobody"; set it to, for example, ops@example.com',
  ],
])("dev: %s = %j is a problem", (path, value, sentence) => {
  expect(problemsOf("dev", withKey("dev", path, value))).toEqual([sentence]);
});

describe("a key by its earlier name", () => {
  test("is known by a whole path, and so is its present name", () => {
    const known = configurationReference();
    for (const [before, now] of RENAMED) {
      expect(known).not.toMatch(new RegExp(`acci:${before}\\b`));
      expect(known).toMatch(new RegExp(`acci:${now}\\b`));
    }
  });

  test.each(RENAMED)("%s is refused, and nothing else is said of it", (before, now) => {
    const { storeKeys: _, ...values } = stackValues("dr");
    const key = { accessKeyId: "a", secretAccessKey: "b" };
    const keys = { writer: key, pruner: key, walArchive: key, offsite: { writer: key, pruner: key } };
    const current = { ...values, storeKeys: keys, restore: { dump: "a" } };
    const given = now.split(".").reduce<any>((node, part) => node?.[part], current) ?? 1;
    const old = withKey("dr", before, given, withKey("dr", now, undefined, current));
    expect(problemsOf("dr", old)).toEqual([`acci:${before}: was renamed, use acci:${now}`]);
  });

  test("is refused with the other problems there are", () => {
    const { addons, ...values } = stackValues("dev");
    expect(problemsOf("dev", { ...values, platform: addons, addons: {}, protect: "yes" })).toEqual([
      'acci:protect: must be true or false, got "yes"; set it to, for example, true',
      "acci:platform: was renamed, use acci:addons",
    ]);
  });
});

test.each<[StackName, string, unknown, string]>([
  [
    "dr",
    "exposure.controller",
    { namespace: "ingress-nginx" },
    "acci:exposure.controller.address: is required with acci:restore and a controller other than the stack's own Traefik, got nothing; " +
      "set it to where the cluster reaches it by HTTPS, for example ingress-nginx-controller.ingress-nginx.svc:443",
  ],
  [
    "dr",
    "restore",
    { dump: "acci-prod-20260101t020000z-1a2b3c", at: "2026-01-01T12:00:00Z" },
    "acci:restore.at: excludes acci:restore.dump; keep the one that chooses the dump",
  ],
  [
    "dr",
    "restore",
    { allowFailed: true },
    "acci:restore.allowFailed: needs acci:restore.dump, got none; a bad dump is never chosen, only named",
  ],
  [
    "dev",
    "exposure.gateway",
    { existing: { name: "public", namespace: "gateways" } },
    "acci:exposure.gateway.existing: must be unset when acci:exposure.mode is ingress, got public; " +
      "set the mode to gateway, or remove the Gateway",
  ],
  [
    "dev",
    "image.version",
    "1.0.0",
    "acci:image.build: excludes acci:image.version; keep build to build here, or version to promote 1.0.0",
  ],
  [
    "prod",
    "image.version",
    undefined,
    "acci:image: needs version or build; set acci:image.version to the tag to promote, for example 1.0.0",
  ],
  [
    "prod",
    "backups.offsite",
    { store: { region: "eu-west-1", bucket: "acci-backups" } },
    "acci:backups.offsite.store: must be another place than acci:backups.store, got s3://acci-backups/acci for both; " +
      "name a bucket of another account and region",
  ],
  [
    "prod",
    "image.version",
    "latest",
    'acci:image.version: must name one version in prod, got "latest"; set it to the tested tag, for example 1.0.0',
  ],
  [
    "dr",
    "image.unsigned",
    undefined,
    "acci:image.publicKey: is required in dr, got nothing; set it to the public key that releases are signed with, " +
      "or say that they are not with acci:image.unsigned: true",
  ],
  [
    "prod",
    "image.publicKey",
    "-----BEGIN PUBLIC KEY-----",
    "acci:image.unsigned: excludes acci:image.publicKey; remove unsigned to have signatures checked, or publicKey not to",
  ],
  [
    "dev",
    "footprint",
    { requests: 20 },
    "acci:postgres.resources.requests.memory: must be at least 256Mi, the shared buffers' quarter of the limit 1Gi, got 52Mi; " +
      "raise it, or acci:footprint.requests where that made it small",
  ],
  [
    "dev",
    "footprint",
    { limits: 50 },
    "acci:footprint.requests: must not exceed acci:footprint.limits (50), got 100; lower it or raise the other",
  ],
  [
    "prod",
    "footprint",
    { requests: 50 },
    'acci:footprint: must be unset in prod with a public certificate, got {"requests":50,"limits":100,"volumes":100}; remove it, ' +
      "or give a rehearsal the private CA of its ACME server in acci:tls.caBundle",
  ],
  ["dr", "protect", false, "acci:protect: must be true in dr, got false; run `pulumi config set acci:protect true`"],
  [
    "prod",
    "application.replicas",
    1,
    "acci:application.replicas: must be at least 2 in prod, got 1; one pod cannot be updated without a gap",
  ],
  [
    "prod",
    "postgres.instances",
    1,
    "acci:postgres.instances: must be at least 2 in prod, got 1; one instance has no failover",
  ],
  [
    "prod",
    "application.autoscaling.maxReplicas",
    2,
    "acci:application.autoscaling.maxReplicas: must be at least acci:application.replicas (3), got 2; raise it to 3",
  ],
  [
    "prod",
    "postgres.maxConnections",
    150,
    "acci:postgres.maxConnections: must be at least 151 for 3 poolers with 20 connections for each of two roles, 11 migrations and 20 in reserve, " +
      "got 150; raise it or lower acci:postgres.pooler.poolSize",
  ],
  [
    "prod",
    "postgres",
    { ...stackValues("prod")["postgres"], maxConnections: 100, pooler: undefined },
    "acci:postgres.maxConnections: must be at least 130 for 11 pods with 10 connections each and 20 in reserve, " +
      "got 100; raise it or lower acci:application.databaseMaxConnections",
  ],
  [
    "dev",
    "redis.resources.requests.memory",
    "1Gi",
    "acci:redis.resources.requests.memory: must not exceed the limit 128Mi, got 1Gi; " +
      "lower it or raise acci:redis.resources.limits.memory",
  ],
  [
    "prod",
    "postgres.roles",
    [{ name: "acci_app" }],
    "acci:postgres.roles[0].name: must be none of the stack's or of Postgres's own, got acci_app; give it another name",
  ],
  [
    "prod",
    "postgres.roles",
    [{ name: "pg_reporting" }],
    "acci:postgres.roles[0].name: must be none of the stack's or of Postgres's own, got pg_reporting; give it another name",
  ],
  [
    "prod",
    "postgres.roles",
    [{ name: "reporting" }, { name: "reporting" }],
    "acci:postgres.roles[1].name: must be named once, got reporting again; remove one of them",
  ],
  [
    "prod",
    "postgres.roles",
    [{ name: "reporting", inRoles: ["pg_monitor", "acci_app", "auditors", "acci_restore"] }, { name: "auditors" }],
    "acci:postgres.roles[0].inRoles: must be acci, acci_app, acci_app_2, acci_backup, a role of Postgres or one above it, " +
      "got auditors, acci_restore; list that role before it, or remove it",
  ],
  [
    "prod",
    "postgres.extensions",
    ["pgaudit"],
    "acci:postgres.extensions: must not have pgaudit; acci:postgres.audit: pgaudit makes it, and without that the operator drops it",
  ],
  [
    "prod",
    "postgres.extensions",
    ["postgis", "hstore", "postgis"],
    "acci:postgres.extensions: must have each once, got postgis again; remove one of them",
  ],
  [
    "dev",
    "addons.traefik.version",
    undefined,
    "acci:addons.traefik.version: is required to install it, got nothing; set it to the chart version",
  ],
  [
    "dev",
    "addons.traefik",
    { mode: "preinstalled", tlsProfile: "modern" },
    "acci:addons.traefik.tlsProfile: must be unset when Traefik is preinstalled, got modern; set the TLS options of that Traefik",
  ],
  [
    "dev",
    "postgres.walArchive",
    {},
    "acci:addons.barmanPlugin: is required with acci:postgres.walArchive, got nothing; set its mode to install, with a version, or to preinstalled",
  ],
  [
    "prod",
    "monitoring",
    undefined,
    "acci:slo: requires acci:monitoring, got none; set acci:monitoring, for example to {}",
  ],
  [
    "prod",
    "slo.latency.thresholdSeconds",
    0.3,
    "acci:slo.latency.thresholdSeconds: must be a bucket of the application's histogram, got 0.3; " +
      "use one of 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, or list the application's own in acci:slo.latency.buckets",
  ],
  [
    "dev",
    "slo.gate",
    { prometheus: "http://prometheus:9090" },
    "acci:slo.gate: needs acci:image.version, got an image that is built; promote a version, or remove the gate",
  ],
  [
    "prod",
    "slo.availability",
    90,
    "acci:slo.availability: must be above 93.06 for an alert that pages when everything fails, got 90; " +
      "raise it, or lower acci:slo.windowDays",
  ],
])("%s: %s = %j breaks a rule", (stack, path, value, sentence) => {
  expect(problemsOf(stack, withKey(stack, path, value))).toEqual([sentence]);
});

test.each<[string, unknown, string]>([
  [
    "backups",
    undefined,
    "acci:backups: is required with acci:postgres.walArchive, got nothing; say in acci:backups.store where the archive is",
  ],
  [
    "postgres.walArchive.recover",
    { from: "acci-dev" },
    "acci:postgres.walArchive.server: must differ from acci:postgres.walArchive.recover.from, got acci-dev for both; " +
      "give the new database a folder of its own, for example acci-dev-2",
  ],
  [
    "addons.barmanPlugin.mode",
    "install",
    "acci:addons.barmanPlugin.version: is required to install it, got nothing; set it to the chart version",
  ],
])("a database that archives: %s = %j breaks a rule", (path, value, sentence) => {
  const values = stackValues("dev");
  values["postgres"].walArchive = { recover: { from: "acci-prod" } };
  values["addons"].barmanPlugin = { mode: "preinstalled" };
  expect(problemsOf("dev", values)).toEqual([]);
  expect(problemsOf("dev", withKey("dev", path, value, values))).toEqual([sentence]);
});

const CANARY = {
  strategy: "canary",
  steps: [
    { weight: 10, seconds: 60 },
    { weight: 50, seconds: 60 },
  ],
  judge: { prometheus: "monitoring/prometheus-operated:9090" },
};

test.each<[string, unknown, string]>([
  [
    "rollout.strategy",
    "rolling",
    "acci:rollout.steps: must be unset when acci:rollout.strategy is rolling, got a value; remove it, or set the strategy to canary",
  ],
  [
    "rollout.strategy",
    "blue-green",
    'acci:rollout.strategy: must be one of rolling, canary, got "blue-green"; set it to, for example, rolling',
  ],
  [
    "exposure.mode",
    "ingress",
    "acci:rollout.strategy: canary needs acci:exposure.mode gateway, whose routes have weights, got ingress; " +
      "set the mode to gateway, or the strategy to rolling",
  ],
  [
    "rollout.judge",
    undefined,
    "acci:rollout.strategy: canary needs acci:rollout.judge.prometheus, got none; name the Prometheus that judges it, or set the strategy to rolling",
  ],
  [
    "slo",
    undefined,
    "acci:rollout.strategy: canary needs acci:slo, got none; set the objectives that it must keep to, for example to {}, or set the strategy to rolling",
  ],
  [
    "backups",
    undefined,
    "acci:rollout.strategy: canary needs acci:backups, got none; set it: the image of its tools has what rolls out, or set the strategy to rolling",
  ],
  [
    "rollout.steps",
    [
      { weight: 20, seconds: 60 },
      { weight: 20, seconds: 60 },
    ],
    "acci:rollout.steps: must have rising weights, got 20, 20; order them, and leave out what is there twice",
  ],
  [
    "rollout.steps",
    [{ weight: 10, seconds: 30 }],
    "acci:rollout.steps: must last at least 60 s, 2 scrapes of acci:monitoring.interval, got 30; make them longer",
  ],
  [
    "application.autoscaling",
    { maxReplicas: 4, cpuPercent: 80, memoryPercent: 80 },
    "acci:rollout.steps: must have weights of at most 50 with acci:application.autoscaling, got 10, 60; " +
      "lower them: the stable release would be scaled down, and then gets all requests back",
  ],
])("a canary: %s = %j breaks a rule", (path, value, sentence) => {
  const values = { ...stackValues("dev"), rollout: structuredClone(CANARY) };
  (values as Record<string, any>)["exposure"].mode = "gateway";
  (values as Record<string, any>)["postgres"].maxConnections = 100;
  if (path === "application.autoscaling") values.rollout.steps[1]!.weight = 60;
  expect(problemsOf("dev", values)).toEqual([]);
  expect(problemsOf("dev", withKey("dev", path, value, values))[0]).toBe(sentence);
});

test("an application's own buckets may be a threshold", () => {
  const latency = { buckets: [0.2, 0.4], thresholdSeconds: 0.4 };
  expect(problemsOf("prod", withKey("prod", "slo.latency", latency))).toEqual([]);
});

test("the buckets are those of the reference application", () => {
  const [, buckets] = /BUCKETS: \[f64; \d+\] = \[([^\]]+)\]/.exec(
    readFileSync(join(project, "app/src/metrics.rs"), "utf8"),
  )!;
  expect(buckets!.split(",").map(Number)).toEqual(BUCKETS);
});

test("a stack with production data does not build its image", () => {
  const values = withKey("prod", "image", {
    repository: "r",
    build: { context: ".", platforms: ["linux/amd64"], tags: ["1"] },
  });
  expect(problemsOf("prod", values)).toEqual([
    "acci:image.build: must be unset in prod; promote a tested image with acci:image.version",
  ]);
});

test("reports every problem at once", () => {
  const values = { ...withKey("dev", "postgres.instances", 0), protect: "no", nonsense: 1 };
  expect(problemsOf("dev", values)).toHaveLength(3);
});

test("never shows a secret value", () => {
  const values = withKey("dev", "tls.email", "hunter2");
  expect(problemsOf("dev", values, () => true)).toEqual([
    "acci:tls.email: must be a mail address, got a secret value; set it to, for example, ops@example.com",
  ]);
});

test("a local chart needs no version", () => {
  const values = withKey("dev", "addons.traefik", { mode: "install", chart: "./mirror/traefik.tgz" });
  expect(problemsOf("dev", values)).toEqual([]);
});

test("defaults are filled in", () => {
  const { addons, cluster, exposure, postgres, redis, tls } = parseConfig("dev", stackValues("dev"));
  expect([postgres.roles, postgres.extensions]).toEqual([[], []]);
  expect(cluster).toEqual({
    apiServerCidrs: ["0.0.0.0/0"],
    apiServerPorts: [443, 6443, 8443, 16_443],
    dns: {
      namespace: "kube-system",
      podLabels: { "k8s-app": "kube-dns" },
      cidrs: ["169.254.20.10/32", "169.254.169.254/32"],
      ports: [53, 5353],
    },
  });
  expect(exposure.controller).toEqual({ podLabels: { "app.kubernetes.io/name": "traefik" } });
  expect(addons.prometheusNamespace).toBe("monitoring");
  expect(redis.evictionPolicy).toBe("allkeys-lru");
  expect([tls.issuer, tls.server]).toEqual(["letsencrypt-prod", "https://acme-v02.api.letsencrypt.org/directory"]);
});

test("is frozen to its depth", () => {
  const config = parseConfig("dev", stackValues("dev"));
  expect(() => Object.assign(config.postgres.resources.limits, { cpu: "9" })).toThrow(TypeError);
});

describe("as the engine hands it over", () => {
  const engineValues = () => {
    const entries = Object.entries(stackValues("dev"));
    return Object.fromEntries(entries.map(([k, v]) => [`acci:${k}`, typeof v === "string" ? v : JSON.stringify(v)]));
  };

  test("reads texts, booleans and sections from strings", () => {
    pulumi.runtime.setAllConfig({ ...engineValues(), "kubernetes:context": "elsewhere" });
    const { namespace, protect, postgres } = loadConfig();
    expect([namespace, protect, postgres.instances]).toEqual(["acci-dev", false, 1]);
  });

  test("a text that looks like a number stays a text", () => {
    pulumi.runtime.setAllConfig({ ...engineValues(), "acci:namespace": "42" });
    expect(loadConfig().namespace).toBe("42");
  });

  test("a section that is not one is quoted, unless it is secret", () => {
    const broken = { ...engineValues(), "acci:postgres": "hunter2" };
    pulumi.runtime.setAllConfig(broken);
    expect(loadConfig).toThrow('acci:postgres: must be a section of keys, got "hunter2"');
    pulumi.runtime.setAllConfig(broken, ["acci:postgres"]);
    expect(loadConfig).toThrow("acci:postgres: must be a section of keys, got a secret value");
  });
});
