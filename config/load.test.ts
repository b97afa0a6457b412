import * as pulumi from "@pulumi/pulumi";
import { loadConfig, parseConfig } from "./load.ts";
import { configurationReference } from "./reference-docs.ts";
import { RENAMED } from "./renamed.ts";
import { problemsOf, withKey } from "./testing/problems.ts";
import { STACKS, stackValues } from "../test/stack-config.ts";

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
