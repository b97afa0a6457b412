/** @needs helm */
import { pick, render } from "./helm.ts";

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
