/** @needs helm */
import { isHook, type Manifest, pick } from "./helm.ts";
import { beside as program, NAME } from "./value-sets.ts";

const podOf = (manifests: Manifest[]) => pick(manifests, "Deployment", NAME)["spec"].template.spec;

test("beside an external data tier it is the application alone", () => {
  expect(
    program()
      .filter((manifest) => !isHook(manifest))
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

test("a cache with TLS is verified by its CA, whose private key stays away", () => {
  const pod = podOf(program({ "cache.caSecret": "redis-tls" }));
  const [acci] = pod.containers;
  expect(acci.env).toContainEqual({ name: "REDIS_CA_FILE", value: "/etc/acci/redis-ca/ca.crt" });
  expect(acci.volumeMounts).toContainEqual({ name: "redis-ca", mountPath: "/etc/acci/redis-ca", readOnly: true });
  expect(pod.volumes).toContainEqual({
    name: "redis-ca",
    secret: { secretName: "redis-tls", items: [{ key: "ca.crt", path: "ca.crt" }] },
  });
});

test("an update never takes a pod away before the next one is ready", () => {
  expect(pick(program(), "Deployment", NAME)["spec"].strategy.rollingUpdate).toEqual({
    maxSurge: 1,
    maxUnavailable: 0,
  });
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

test("a changed setting or secret rolls the pods", () => {
  const annotationsOf = (values: object) =>
    pick(program(values), "Deployment", NAME)["spec"].template.metadata.annotations;
  expect(annotationsOf({ "config.logLevel": "debug" })["checksum/config"]).not.toBe(
    annotationsOf({})["checksum/config"],
  );
  expect(annotationsOf({ secretsChecksum: "abc" })["checksum/secrets"]).toBe("abc");
});
