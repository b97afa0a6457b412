import tls from "node:tls";
import { nodeAddress } from "../../../local/lib/addresses.ts";
import { outputs } from "../../../local/stack/pulumi.ts";
import { acmeRoots } from "../../../local/stack/route.ts";
import {
  applicationPods,
  ask,
  askPlainly,
  asTenant,
  host,
  kube,
  otherTenant,
  readNote,
  redis,
  sql,
  tenant,
  until,
  writeNote,
} from "../support/site.ts";

describe("make up", () => {
  it("says where the site is and what it runs", async () => {
    const clusterUid = await kube(["get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}"]);
    expect(await outputs("dev")).toEqual({
      clusterUid,
      url: `https://${host}`,
      namespace: "acci-dev",
      imageRef: expect.stringMatching(/^ghcr\.io\/broccode\/acci-framework:dev@sha256:[0-9a-f]{64}$/),
      backupImageRef: expect.stringMatching(/^ghcr\.io\/broccode\/acci-framework-backup:dev@sha256:[0-9a-f]{64}$/),
      databaseHost: "postgres-rw.acci-dev.svc",
      databaseInstances: 1,
    });
  });

  it("runs the very image it built, by digest", async () => {
    const { imageRef } = await outputs("dev");
    const images = await kube(["get", "deployment", "acci-framework", "-o", "jsonpath={..image}"]);
    const digest = String(imageRef).split("@")[1]!;
    expect(images.split(" ").every((image) => image.endsWith(digest))).toBe(true);
  });

  it("answers over HTTPS with a certificate that verifies", async () => {
    expect((await ask("/health")).status).toBe(200);
  });

  it("has a certificate for its host from the ACME server, and no other CA vouches for it", async () => {
    const ca = await acmeRoots();
    const socket = tls.connect({ host: nodeAddress, port: 443, servername: host, ca });
    await new Promise((resolve, reject) => socket.once("secureConnect", resolve as () => void).once("error", reject));
    expect(socket.getPeerCertificate().subjectaltname).toBe(`DNS:${host}`);
    expect(socket.getPeerCertificate().issuer.CN).toMatch(/^Pebble Intermediate CA/);
    socket.destroy();
    await expect(
      new Promise((resolve, reject) => {
        const other = tls.connect({ host: nodeAddress, port: 443, servername: host });
        other.once("secureConnect", resolve as () => void).once("error", reject);
      }),
    ).rejects.toThrow(/unable to (verify|get)|self-signed/);
  });

  it("sends plain HTTP to HTTPS", async () => {
    expect(await askPlainly("/health")).toBe(`308 https://${host}/health`);
  });

  it("keeps metrics and readiness off the public route", async () => {
    expect((await ask("/metrics")).status).toBe(404);
    expect((await ask("/ready")).status).toBe(404);
  });
});

describe("a note", () => {
  it("is read back through another pod", async () => {
    const answer = await ask(
      "/api/notes",
      asTenant(tenant, { method: "POST", body: JSON.stringify({ title: "through pods", body: "text" }) }),
    );
    const { id } = JSON.parse(answer.body) as { id: string };
    const pods = await applicationPods();
    expect(pods).toHaveLength(2);
    const seen = new Set<unknown>();
    await until("every pod to answer", 60, async () => {
      const again = await readNote(id);
      expect(again.status).toBe(200);
      expect(JSON.parse(again.body)).toMatchObject({ id, title: "through pods" });
      seen.add(again.headers["x-served-by"]);
      return seen.size === pods.length;
    });
    expect([...seen].sort()).toEqual([...pods].sort());
  });

  it("is a row that row-level security shows to its tenant alone", async () => {
    const { id } = await writeNote("under security");
    const rows = (as: string) =>
      sql(`BEGIN; SET ROLE acci_app; ${as} SELECT title FROM notes WHERE id = '${id}'; COMMIT;`);
    expect(await sql(`SELECT title FROM notes WHERE id = '${id}'`)).toEqual(["under security"]);
    expect(await rows("")).toEqual([]);
    expect(await rows(`SET LOCAL app.tenant_id = '${otherTenant}';`)).toEqual([]);
    expect(await rows(`SET LOCAL app.tenant_id = '${tenant}';`)).toEqual(["under security"]);
    expect((await readNote(id, otherTenant)).status).toBe(404);
  });

  it("is in the cache once it was read, and comes from there the next time", async () => {
    const { id } = await writeNote("cached");
    const first = await readNote(id);
    expect(first.headers["x-cache"]).toBe("miss");
    expect((await readNote(id)).headers["x-cache"]).toBe("hit");
    const keys = await redis(`GET acci:note:${tenant}:${id}`);
    expect(JSON.parse(keys[0]!)).toMatchObject({ id, title: "cached" });
  });

  it("outlives every pod of the site", async () => {
    const { id } = await writeNote("survivor");
    await kube(["delete", "pod", "--all", "--wait=true", "--timeout=120s"]);
    await kube(["wait", "--for=condition=Ready", "cluster/postgres", "--timeout=240s"]);
    await kube(["rollout", "status", "statefulset/redis", "--timeout=120s"]);
    await kube(["rollout", "status", "deployment/acci-framework", "--timeout=240s"]);
    await until("the note", 120, async () => (await readNote(id)).status === 200);
    expect(JSON.parse((await readNote(id)).body)).toMatchObject({ id, title: "survivor" });
  });
});

describe("the cluster's own rules", () => {
  it("let the cache's user touch nothing but the application's keys", async () => {
    const answers = await redis("SET other 1", "CONFIG GET requirepass", "FLUSHALL");
    expect(answers).toHaveLength(3);
    for (const answer of answers) expect(answer).toMatch(/^NOPERM/);
  });

  it("let a stranger in the namespace reach neither database nor cache", async () => {
    const probe = (target: string, port: number) =>
      `nc -w 3 ${target} ${port} < /dev/null > /dev/null 2>&1 && echo ${target} open || echo ${target} closed`;
    const script = `${probe("postgres-rw", 5432)}; ${probe("redis", 6379)}; ${probe("kube-dns.kube-system", 53)}`;
    const overrides = {
      spec: {
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } },
        containers: [
          {
            name: "stranger",
            image: "docker.io/library/busybox:latest",
            command: ["sh", "-c", script],
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
          },
        ],
      },
    };
    await kube(["delete", "pod", "stranger", "--ignore-not-found"]);
    await kube(["run", "stranger", "--image=busybox", "--restart=Never", `--overrides=${JSON.stringify(overrides)}`]);
    await kube(["wait", "--for=jsonpath={.status.phase}=Succeeded", "pod/stranger", "--timeout=60s"]);
    const seen = await kube(["logs", "stranger"]);
    await kube(["delete", "pod", "stranger"]);
    expect(seen.trim().split("\n")).toEqual(["postgres-rw closed", "redis closed", "kube-dns.kube-system open"]);
  });
});
