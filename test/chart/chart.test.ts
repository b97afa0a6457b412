import { CHART, helm, type Manifest, pick, refusal, render } from "./helm";

/** What the program passes, with the data tier elsewhere. */
const EXTERNAL = {
  "postgresql.enabled": false,
  "redis.enabled": false,
  "database.existingSecret": "db",
  "database.migrateSecret": "owner",
  "database.caSecret": "postgres-ca",
  "cache.existingSecret": "cache",
};
const NAME = "acci-framework";
const program = (values: object = {}) => render(NAME, { ...EXTERNAL, ...values });
const podOf = (manifests: Manifest[]) => pick(manifests, "Deployment", NAME)["spec"].template.spec;

test("passes helm's own linter", () => {
  const { status, stdout } = helm("lint", "--strict", CHART, "--kube-version", "1.34.0");
  expect([status, stdout]).toEqual([0, expect.stringContaining("0 chart(s) failed")]);
});

test("beside an external data tier it is the application alone", () => {
  expect(
    program()
      .map((m) => `${m.kind} ${m.metadata.name}`)
      .sort(),
  ).toEqual([
    `ConfigMap ${NAME}`,
    `Deployment ${NAME}`,
    `HorizontalPodAutoscaler ${NAME}`,
    `Ingress ${NAME}`,
    `PodDisruptionBudget ${NAME}`,
    `Service ${NAME}`,
    `ServiceAccount ${NAME}`,
  ]);
});

describe("the pod", () => {
  const pod = podOf(program());
  const [migrate] = pod.initContainers;
  const [acci] = pod.containers;

  test("migrates before it serves", () => {
    expect([pod.initContainers.length, pod.containers.length]).toEqual([1, 1]);
    expect([migrate.args, acci.args]).toEqual([["migrate"], ["serve"]]);
  });

  test("only the migration sees the owner's connection", () => {
    const mounts = (container: any) => container.volumeMounts.map((mount: any) => mount.name);
    expect([mounts(migrate), mounts(acci)]).toEqual([
      ["migrate", "postgres-ca"],
      ["database", "cache", "postgres-ca"],
    ]);
  });

  test("finds its connections in files, not in its environment", () => {
    expect(migrate.env).toEqual([{ name: "DATABASE_URL_FILE", value: "/etc/acci/migrate/url" }]);
    expect(acci.env).toEqual([
      { name: "DATABASE_URL_FILE", value: "/etc/acci/database/url" },
      { name: "REDIS_URL_FILE", value: "/etc/acci/cache/url" },
    ]);
  });

  test("gets the database's CA without its private key", () => {
    expect(pod.volumes.find((volume: any) => volume.name === "postgres-ca").secret.items).toEqual([
      { key: "ca.crt", path: "ca.crt" },
    ]);
  });

  test("is restricted, and no friend of the Kubernetes API", () => {
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 10001,
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(pod.automountServiceAccountToken).toBe(false);
    for (const container of [migrate, acci])
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
  });

  test("is probed where the public route does not lead", () => {
    const probes = [acci.startupProbe, acci.livenessProbe, acci.readinessProbe].map((probe) => probe.httpGet);
    expect(probes).toEqual([
      { path: "/health", port: "ops" },
      { path: "/health", port: "ops" },
      { path: "/ready", port: "ops" },
    ]);
  });

  test("has the time to drain after its delay", () => {
    expect(pod.terminationGracePeriodSeconds).toBe(37);
    expect(podOf(program({ "config.shutdownDelaySeconds": 15 })).terminationGracePeriodSeconds).toBe(40);
  });
});

test("an update never takes a pod away before the next one is ready", () => {
  expect(pick(program(), "Deployment", NAME)["spec"].strategy.rollingUpdate).toEqual({
    maxSurge: 1,
    maxUnavailable: 0,
  });
});

test("autoscaling alone decides how many pods there are", () => {
  expect(pick(program(), "Deployment", NAME)["spec"].replicas).toBeUndefined();
  expect(pick(program(), "HorizontalPodAutoscaler", NAME)["spec"]).toMatchObject({ minReplicas: 3, maxReplicas: 10 });
  const fixed = program({ "autoscaling.enabled": false, replicaCount: 2 });
  expect(pick(fixed, "Deployment", NAME)["spec"].replicas).toBe(2);
  expect(fixed.map((m) => m.kind)).not.toContain("HorizontalPodAutoscaler");
});

test("a single pod has no disruption budget, which would forbid every drain", () => {
  const single = program({ "autoscaling.enabled": false, replicaCount: 1 });
  expect(single.map((m) => m.kind)).not.toContain("PodDisruptionBudget");
});

test("runs the digest when there is one, else the tag, else its own version", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  const imageOf = (values: object) => podOf(program(values)).containers[0].image;
  expect(imageOf({ "image.digest": digest, "image.tag": "1.2.3" })).toBe(
    `ghcr.io/broccode/acci-framework:1.2.3@${digest}`,
  );
  expect(imageOf({ "image.tag": "1.2.3" })).toBe("ghcr.io/broccode/acci-framework:1.2.3");
  expect(imageOf({})).toBe("ghcr.io/broccode/acci-framework:1.0.0");
});

test("metrics are not on the public route", () => {
  const [rule] = pick(program(), "Ingress", NAME)["spec"].rules;
  expect(rule.http.paths).toEqual([
    { path: "/", pathType: "Prefix", backend: { service: { name: NAME, port: { name: "http" } } } },
  ]);
});

test("the route asks for a certificate unless told not to", () => {
  const annotationsOf = (manifests: Manifest[]) => pick(manifests, "Ingress", NAME).metadata.annotations;
  expect(annotationsOf(program())).toEqual({ "cert-manager.io/cluster-issuer": "letsencrypt-prod" });
  expect(annotationsOf(program({ "ingress.annotations": { "cert-manager.io/cluster-issuer": "" } }))).toBeNull();
});

test("a changed setting or secret rolls the pods", () => {
  const annotationsOf = (values: object) =>
    pick(program(values), "Deployment", NAME)["spec"].template.metadata.annotations;
  expect(annotationsOf({ "config.logLevel": "debug" })["checksum/config"]).not.toBe(
    annotationsOf({})["checksum/config"],
  );
  expect(annotationsOf({ secretsChecksum: "abc" })["checksum/secrets"]).toBe("abc");
});

describe("alone", () => {
  const manifests = render("acci");

  test("brings a database and a cache", () => {
    const workloads = manifests.filter((m) => ["Deployment", "StatefulSet"].includes(m.kind));
    expect(workloads.map((m) => `${m.kind} ${m.metadata.name}`).sort()).toEqual([
      "Deployment acci-acci-framework",
      "Deployment acci-redis",
      "StatefulSet acci-postgresql",
    ]);
  });

  test("every pod is restricted and limited", () => {
    for (const { spec } of manifests.filter((m) => ["Deployment", "StatefulSet"].includes(m.kind))) {
      const pod = spec.template.spec;
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
      for (const container of pod.containers) {
        expect(container.securityContext).toMatchObject({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
        });
        expect(Object.keys(container.resources).sort()).toEqual(["limits", "requests"]);
      }
    }
  });

  test("its connections lead to them, with passwords that agree", () => {
    const secretOf = (name: string) => pick(manifests, "Secret", `acci-acci-framework-${name}`)["stringData"];
    const generated = secretOf("generated");
    expect(secretOf("database").url).toBe(
      `postgres://acci_app:${generated["postgres-app"]}@acci-postgresql:5432/acci?sslmode=disable`,
    );
    expect(secretOf("migrate").url).toBe(
      `postgres://acci:${generated["postgres-owner"]}@acci-postgresql:5432/acci?sslmode=disable`,
    );
    expect(secretOf("cache").url).toBe(`redis://acci:${generated.redis}@acci-redis:6379/0`);
    const services = manifests.filter((m) => m.kind === "Service").map((m) => m.metadata.name);
    expect(services).toEqual(expect.arrayContaining(["acci-postgresql", "acci-redis"]));
  });

  test("every secret and config map that is mounted exists", () => {
    const existing = manifests.filter((m) => ["Secret", "ConfigMap"].includes(m.kind)).map((m) => m.metadata.name);
    const volumes = manifests.flatMap((m) => m["spec"]?.template?.spec?.volumes ?? []);
    const mounted = volumes
      .flatMap((volume: any) => [volume.secret?.secretName, volume.configMap?.name])
      .filter(Boolean);
    expect(mounted.filter((name: string) => !existing.includes(name))).toEqual([]);
  });
});

test.each<[string, object, string]>([
  ["no replica", { replicaCount: 0 }, "at '/replicaCount': minimum: got 0, want 1"],
  ["a misspelt key", { imge: { tag: "1" } }, "at '': additional properties 'imge' not allowed"],
  ["a number as a tag", { "image.tag": 1 }, "at '/image/tag': got number, want string"],
  ["half a digest", { "image.digest": "sha256:abc" }, "at '/image/digest': 'sha256:abc' does not match pattern"],
  ["an unknown log level", { "config.logLevel": "loud" }, "at '/config/logLevel': value must be one of"],
  [
    "a replicated cache",
    { "redis.architecture": "replication" },
    "redis.architecture: must be standalone, got replication",
  ],
  ["a cache without a password", { "redis.auth.enabled": false }, "redis.auth.enabled: must be true, got false"],
])("refuses %s", (_, values, message) => expect(refusal(values)).toContain(message));
