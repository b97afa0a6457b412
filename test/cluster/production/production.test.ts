import { CACHE, POOLER } from "../../../dashboards/testing/known-metrics.ts";
import { killPrimary, newPrimary, switchOver } from "../support/failover.ts";
import { Load } from "../support/load.ts";
import { prod, ROTATIONS, upProd } from "../support/production.ts";
import { promoteDev } from "../support/promotion.ts";
import { forgetRotations } from "../support/rotations.ts";
import { until } from "../support/site.ts";
import { Writers } from "../support/writers.ts";

const { applicationPods, ask, kube, kubeJson, readNote, redis, secret, sql, writeNote } = prod;

/** Share of the usual load: about the share of its usual limits that the site has. */
const SHARE = 0.2;

describe("the prod stack, scaled down", () => {
  let digest: string;
  beforeAll(async () => {
    digest = await promoteDev();
    await forgetRotations(prod.namespace);
    await upProd(0);
  });

  it("answers over HTTPS, running by digest what dev built", async () => {
    expect((await ask("/health")).status).toBe(200);
    const { id } = await writeNote("in production");
    expect(JSON.parse((await readNote(id)).body)).toMatchObject({ id, title: "in production" });
    const images = await kube(["get", "deployment", "acci-framework", "-o", "jsonpath={..image}"]);
    expect(images.split(" ").every((image) => image.endsWith(digest))).toBe(true);
  });

  it("keeps its cache on a volume", async () => {
    expect(await kube(["get", "pvc", "data-redis-0", "-o", "jsonpath={.status.phase}"])).toBe("Bound");
  });

  it("has three instances, and a commit waits for one of the two replicas", async () => {
    expect(await kube(["get", "cluster", "postgres", "-o", "jsonpath={.status.readyInstances}"])).toBe("3");
    const [names] = await sql("SHOW synchronous_standby_names");
    expect(names).toMatch(/^ANY 1 \(("postgres-\d",?){2,3}\)$/);
    expect(await sql("SELECT DISTINCT sync_state, state FROM pg_stat_replication")).toEqual(["quorum|streaming"]);
    expect(await sql("SHOW synchronous_commit")).toEqual(["on"]);
  });

  it("tells Prometheus of its pooler and its cache all that alerts and dashboards ask for", async () => {
    const metricsOf = async (selector: string, port: number) => {
      const pod = await kube(["get", "pods", "-l", selector, "-o", "jsonpath={.items[0].metadata.name}"]);
      return kube(["get", "--raw", `/api/v1/namespaces/${prod.namespace}/pods/${pod}:${port}/proxy/metrics`]);
    };
    const missing = (names: readonly string[], text: string) =>
      names.filter((name) => !new RegExp(`^${name}[ {]`, "m").test(text));
    expect(missing(POOLER, await metricsOf("cnpg.io/podRole=pooler", 9127))).toEqual([]);
    const cache = await metricsOf("app.kubernetes.io/name=redis-exporter", 9121);
    expect(missing(CACHE, cache)).toEqual([]);
    expect(cache).toMatch(/^redis_up 1$/m);
  });

  it("keeps its instances apart as far as there are nodes", async () => {
    const affinity = await kube([
      "get",
      "pods",
      "-l",
      "cnpg.io/cluster=postgres",
      "-o",
      "jsonpath={..podAntiAffinity}",
    ]);
    expect(affinity.match(/preferredDuringSchedulingIgnoredDuringExecution/g)).toHaveLength(3);
  });
});

describe("the database of prod", () => {
  const psql = (options: string) => {
    const script = `psql "host=postgres-rw user=acci_app dbname=acci connect_timeout=5 ${options}" -c 'SELECT 1' 2>&1 || true`;
    return kube(["exec", "postgres-1", "-c", "postgres", "--", "sh", "-c", script]);
  };

  it("serves the application over TLS 1.3 only", async () => {
    const rows = await sql(
      "SELECT DISTINCT ssl, version FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename IN ('acci', 'acci_app')",
    );
    expect(rows).toEqual(["t|TLSv1.3"]);
  });

  it("refuses a connection without TLS, and one without the password", async () => {
    expect(await psql("sslmode=disable")).toMatch(/pg_hba\.conf rejects connection .* no encryption/);
    expect(await psql("sslmode=require passfile=/dev/null")).toMatch(/no password supplied/);
  });

  it("knows passwords as SCRAM verifiers, and no other way in over the network but the operator's certificates", async () => {
    const verifiers = "SELECT bool_and(rolpassword LIKE 'SCRAM-SHA-256$%') FROM pg_authid WHERE rolname LIKE 'acci%'";
    expect(await sql(verifiers)).toEqual(["t"]);
    const methods = "SELECT DISTINCT auth_method FROM pg_hba_file_rules WHERE type <> 'local' ORDER BY 1";
    expect(await sql(methods)).toEqual(["cert", "reject", "scram-sha-256"]);
  });

  it("takes the application in through the pooler, which verified it and is verified", async () => {
    const pods = await kube(["get", "pods", "-l", "cnpg.io/podRole=pooler", "-o", "jsonpath={.items[*].status.podIP}"]);
    expect(pods.split(" ")).toHaveLength(2);
    const clients = await sql(
      "SELECT DISTINCT host(client_addr), ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'acci_app'",
    );
    expect(clients.length).toBeGreaterThan(0);
    for (const client of clients) expect(pods.split(" ").map((pod) => `${pod}|t`)).toContain(client);
    const { url } = await secret("acci-framework-database");
    expect(url).toMatch(/@postgres-pooler\.acci-prod\.svc:5432\/acci\?sslmode=verify-full&sslrootcert=/);
  });

  it("refuses the pooler's clients without TLS", async () => {
    expect(await psql("host=postgres-pooler sslmode=disable")).toMatch(/SSL required/);
  });

  it("writes down who connects and who changes roles or schema, without passwords", async () => {
    const password = "a-password-of-a-drill";
    await sql(
      `CREATE ROLE drill LOGIN PASSWORD '${password}'; DROP ROLE drill; CREATE TABLE drilled (); DROP TABLE drilled`,
    );
    await until("the audit in the log", 30, async () => {
      const log = await kube([
        "logs",
        "-l",
        "cnpg.io/instanceRole=primary",
        "-c",
        "postgres",
        "--tail=-1",
        "--since=10m",
      ]);
      expect(log).not.toContain(password);
      for (const class_ of ["ROLE", "DDL"]) expect(log).toMatch(new RegExp(`"logger":"pgaudit".*"class":"${class_}"`));
      return /"message":"connection authorized: user=acci_app database=acci .*SSL enabled/.test(log);
    });
    // Otherwise a slow or failed CREATE or ALTER ROLE would be logged with its password.
    expect(await sql("SHOW log_min_duration_statement; SHOW log_min_error_statement")).toEqual(["-1", "panic"]);
    for (const role of ["owner", "app", "backup", "restore"]) {
      const given = (await secret(`postgres-${role}`))["password"]!;
      const log = await kube(["logs", "-l", "cnpg.io/cluster=postgres", "--all-containers", "--tail=-1"]);
      expect(log.includes(given)).toBe(false);
    }
  });

  it("has one role for each kind of work, none of them a superuser", async () => {
    const roles = await sql(
      "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles WHERE rolname LIKE 'acci%' ORDER BY 1",
    );
    expect(roles).toEqual([
      "acci|f|f|f|f",
      "acci_app|f|f|f|f",
      "acci_app_2|f|f|f|f",
      "acci_backup|f|f|f|t",
      "acci_restore|f|f|t|t",
    ]);
    // REPLICATION lets the role make replication slots, which hold WAL back; pg_hba.conf keeps it from reading the WAL.
    expect(await psql("user=acci_restore replication=true sslmode=require")).toMatch(
      /no pg_hba\.conf entry for replication connection/,
    );
  });
});

describe("the cache of prod", () => {
  it("serves the application over TLS, and nobody without", async () => {
    const { id } = await writeNote("cached over TLS");
    await until("a hit", 30, async () => (await readNote(id)).headers["x-cache"] === "hit");
    expect((await secret("acci-framework-cache"))["url"]).toMatch(/^rediss:/);
    const plain = await kube(["exec", "redis-0", "--", "sh", "-c", "timeout 5 redis-cli ping 2>&1 || true"]);
    expect(plain).not.toMatch(/PONG|NOAUTH/);
  });

  it("keeps every write it answered when it is killed", async () => {
    const keys = Array.from({ length: 200 }, (_, i) => `acci:kept:${i}`);
    const answers = await redis(...keys.map((key, i) => `SET ${key} ${i} EX 600`));
    expect(answers).toEqual(keys.map(() => "OK"));
    await kube(["delete", "pod", "redis-0", "--grace-period=0", "--force"]);
    await until("the cache", 120, async () => (await redis("GET acci:kept:0"))[0] === "0");
    expect(await redis(...keys.map((key) => `GET ${key}`))).toEqual(keys.map((_, i) => String(i)));
  });
});

// The autoscaler's first measurement takes a while, so other tests run before.
describe("the autoscaler of prod", () => {
  it("has at least two pods, and an autoscaler that measures them", async () => {
    await until("two pods", 120, async () => (await applicationPods()).length >= 2);
    await kube(["wait", "hpa/acci-framework", "--for=condition=ScalingActive", "--timeout=180s"]);
    const { spec } = await kubeJson<{ spec: object }>(["get", "hpa", "acci-framework"]);
    expect(spec).toMatchObject({ minReplicas: 3, maxReplicas: 10 });
  });
});

describe("a rotation of every password", () => {
  const names = ["postgres-owner", "postgres-app", "postgres-app-2", "postgres-backup", "postgres-restore"];
  const passwords = async () =>
    Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, (await secret(name))["password"]!] as const)),
    );
  /** Whether the database accepts a password over the network. The password goes through stdin, where no process list shows it. */
  const opens = async (user: string, password: string) => {
    const script = `read -r PGPASSWORD; export PGPASSWORD; psql "host=postgres-rw dbname=acci user=${user} sslmode=require" -qAtc 'SELECT 1' 2>&1 || true`;
    return (
      (await kube(["exec", "-i", "postgres-1", "-c", "postgres", "--", "sh", "-c", script], `${password}\n`)).trim() ===
      "1"
    );
  };
  const changed = (before: Record<string, string>, after: Record<string, string>) =>
    names.filter((name) => before[name] !== after[name]);

  it("fails no request, and the one after ends the passwords before; meanwhile the cache's volume grows", async () => {
    const volume = async () => [
      await kube(["get", "pvc", "data-redis-0", "-o", "jsonpath={.metadata.uid}"]),
      await kube(["get", "pvc", "data-redis-0", "-o", "jsonpath={.spec.resources.requests.storage}"]),
      await kube(["get", "statefulset", "redis", "-o", "jsonpath={.metadata.uid}"]),
    ];
    const [claim, size, server] = await volume();
    const load = await Load.start(prod, SHARE);
    const before = await passwords();
    const failure = await upProd(1).then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    const once = await passwords();
    const stillGood = await opens("acci_app", before["postgres-app"]!);
    await upProd(ROTATIONS);
    const { failed, problems, requests } = await load.stop();
    process.stdout.write(
      `two rotations of every password: ${requests} requests sent, ${failed} failed${problems.map((one) => `; ${one}`).join("")}\n`,
    );
    if (failure) throw failure;
    expect([size, await volume()]).toEqual(["128Mi", [claim, "328Mi", server]]);
    expect(changed(before, once)).toEqual(names.filter((name) => name !== "postgres-app"));
    expect(stillGood).toBe(true);
    expect([failed, problems]).toEqual([0, []]);
    const twice = await passwords();
    for (const [user, name] of [
      ["acci", "postgres-owner"],
      ["acci_app", "postgres-app"],
      ["acci_backup", "postgres-backup"],
      ["acci_restore", "postgres-restore"],
    ] as const) {
      await until(`the new password of ${user}`, 60, () => opens(user, twice[name]!));
      expect([user, await opens(user, before[name]!)]).toEqual([user, false]);
    }
  });
});

describe.each([
  ["a switchover", switchOver, 30],
  ["the loss of the primary", killPrimary, 60],
])("under load, %s", (what, happen, mostSeconds) => {
  it("loses no write that was acknowledged", async () => {
    const load = await Load.start(prod, SHARE);
    const writers = new Writers(prod);
    await until("writes before it", 60, () => Promise.resolve(writers.count > 100));
    const recovered = happen(prod).then((before) => newPrimary(prod, before));
    const failure = await recovered.then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    const after = writers.count;
    await until("writes after it", 60, () => Promise.resolve(writers.count > after + 100));
    const { acknowledged, longestGapSeconds, problems, refused } = await writers.stop();
    const { failed, requests } = await load.stop();
    process.stdout.write(
      `${what}: ${acknowledged.length} writes acknowledged, ${refused} not, none for at most ${longestGapSeconds.toFixed(1)} s; ` +
        `of ${requests} other requests ${failed} failed\n`,
    );
    if (failure) throw failure;
    const kept = new Set(await sql("SELECT id FROM notes WHERE title = 'promised'"));
    expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
    // A write may be refused explicitly or get no answer, but must not fail as if the service itself had failed.
    expect(problems.filter((problem) => /got 500/.test(problem))).toEqual([]);
    expect(longestGapSeconds).toBeLessThan(mostSeconds);
  });
});
