import { spawn } from "node:child_process";
import { dashboards } from "../../../dashboards/all.ts";
import type { Drawn } from "../../../ops/dashboards/panels.ts";
import { project } from "../../../tooling/paths.ts";
import { EXPIRING, expiring } from "../support/expiring-certificate.ts";
import { Prometheus, RANGE, type RuleSpec, SERVICE } from "../support/prometheus.ts";
import { asTenant, dev, tenant, until } from "../support/site.ts";

/** Limits that the pods of dev reach at once, in place of their own. */
const LIMITS: Readonly<Record<string, number>> = {
  "acci_site:application_cpu_limit:cores": 0.001,
  "acci_site:application_memory_limit:bytes": 2 ** 20,
};
/** An autoscaler that may start no more than the pods there are, and a threshold of slow requests that is the smallest bucket. */
function lowered(rule: RuleSpec): RuleSpec[] {
  const { expr, record = "" } = rule;
  if (record in LIMITS) return [{ ...rule, expr: `vector(${LIMITS[record]!})` }];
  if (record === "acci_site:application_replicas:min")
    return [rule, { ...rule, record: "acci_site:application_replicas:max" }];
  return [{ ...rule, expr: expr.replaceAll('le="0.5"', 'le="0.005"') }];
}
const CERT_MANAGER = {
  job: "cert-manager",
  namespace: "cert-manager",
  path: "/metrics",
  honorLabels: true,
  podLabels: { "app.kubernetes.io/component": "controller" },
  port: 9402,
};

const prometheus = new Prometheus(dev, { rules: lowered, targets: [CERT_MANAGER] });

beforeAll(() => prometheus.start());
afterAll(() => prometheus.stop());

const scale = (workload: string, replicas: number) => dev.kube(["scale", workload, `--replicas=${replicas}`]);
const list = () => dev.ask("/api/notes", asTenant(tenant)).catch(() => undefined);

/** Sends requests, so many at once, for as long as `during` takes. */
async function underLoad(
  request: () => Promise<unknown>,
  during: () => Promise<void>,
  clientsAtOnce = 4,
): Promise<void> {
  let goesOn = true;
  const clients = Array.from({ length: clientsAtOnce }, async () => {
    while (goesOn) await request();
  });
  await during().finally(() => (goesOn = false));
  await Promise.all(clients);
}

describe("a Prometheus that does as the stack's monitors and rules say", () => {
  it("may scrape all that has metrics", async () => {
    await until("every job scraped, and no other", 60, async () => {
      const targets = await prometheus.targets();
      const jobs = targets.filter(({ health }) => health === "up").map(({ labels }) => labels.job);
      const expected = ["acci-framework", "acci-framework", "acci-postgres", "backup-agent", "cert-manager"];
      return targets.length === expected.length && jobs.sort().join() === expected.join();
    });
  });

  it("can judge by every rule, and finds nothing wrong", async () => {
    await until("every rule judged well", 60, async () => {
      const rules = await prometheus.rules();
      return rules.length > 100 && rules.every(({ health }) => health === "ok");
    });
    await underLoad(list, () => prometheus.fires(WRONG, false));
  });
});

const LOCK = "pg_locks WHERE relation = 'notes'::regclass AND mode = 'AccessExclusiveLock' AND granted";

/** Alerts that the tests below provoke. */
const WRONG = [
  "AcciApplicationDown",
  "AcciApplicationPodsMissing",
  "AcciApplicationErrors",
  "AcciApplicationSlow",
  "AcciApplicationConnections",
  "AcciApplicationCacheErrors",
  "AcciApplicationCacheMisses",
  "AcciPostgresWaiting",
  "AcciAvailabilityBudgetBurning",
  "AcciBackupMetricsAbsent",
  "AcciPostgresMetricsFailing",
  "AcciCertificateRenewal",
  "AcciCertificateNotReady",
];

/** A view that CloudNativePG's collector asks for as `pg_monitor`, in the application's database; no panel shows it. */
const ASKED = "SELECT ON pg_catalog.pg_stat_bgwriter";

describe("an Alertmanager receives", () => {
  beforeAll(async () => {
    await dev.sql(`REVOKE ${ASKED} FROM PUBLIC`);
    await dev.kube(["apply", "-f", "-"], JSON.stringify(await expiring()));
  });
  afterAll(async () => {
    await dev.sql(`GRANT ${ASKED} TO PUBLIC`);
    await dev.kube(["delete", ...EXPIRING, "--ignore-not-found"]);
  });

  it("that limits are reached, and that slow requests spend their budget", async () => {
    const alerts = ["AcciApplicationCpu", "AcciApplicationMemory", "AcciApplicationAtLargest"];
    await underLoad(list, () => prometheus.fires([...alerts, "AcciLatencyBudgetBurning"]));
  });

  it("that the agent is gone, and that it is back", async () => {
    await scale("deployment/backup-agent", 0);
    try {
      await prometheus.fires(["AcciBackupMetricsAbsent"]);
    } finally {
      await scale("deployment/backup-agent", 1);
    }
    await prometheus.fires(["AcciBackupMetricsAbsent"], false);
  });

  it("that requests fail, and that their budget burns", async () => {
    await dev.sql("REVOKE SELECT ON notes FROM acci_app");
    try {
      await underLoad(list, () => prometheus.fires(["AcciApplicationErrors", "AcciAvailabilityBudgetBurning"]));
    } finally {
      await dev.sql("GRANT SELECT ON notes TO acci_app");
    }
    await prometheus.fires(["AcciApplicationErrors"], false);
  });

  it("that a lock holds up requests, connections and the database", async () => {
    // Ended below, which fails the statements.
    const lock = dev.sql("BEGIN; LOCK TABLE notes; SELECT pg_sleep(300)").catch(() => undefined);
    await until("the lock", 30, async () => (await dev.sql(`SELECT 1 FROM ${LOCK}`)).length === 1);
    const waiting = Array.from({ length: 7 }, () => dev.sql("SELECT count(*) FROM notes"));
    try {
      await underLoad(
        list,
        () => prometheus.fires(["AcciPostgresWaiting", "AcciApplicationConnections", "AcciApplicationSlow"]),
        24,
      );
    } finally {
      await dev.sql(`SELECT pg_terminate_backend(pid) FROM ${LOCK}`);
    }
    await Promise.all([lock, ...waiting]);
    await underLoad(list, () => prometheus.fires(["AcciApplicationConnections", "AcciApplicationSlow"], false));
  });

  it("that the cache is gone", async () => {
    const { id } = await dev.writeNote("read without a cache");
    await scale("statefulset/redis", 0);
    try {
      await underLoad(
        () => dev.readNote(id).catch(() => undefined),
        () => prometheus.fires(["AcciApplicationCacheErrors", "AcciApplicationCacheMisses"]),
      );
    } finally {
      await scale("statefulset/redis", 1);
      await dev.kube(["rollout", "status", "statefulset/redis", "--timeout=60s"]);
    }
    await underLoad(
      () => dev.readNote(id),
      () => prometheus.fires(["AcciApplicationCacheErrors", "AcciApplicationCacheMisses"], false),
    );
  });

  it("that pods are missing, and that none is left", async () => {
    try {
      await scale("deployment/acci-framework", 1);
      await prometheus.fires(["AcciApplicationPodsMissing"]);
      await scale("deployment/acci-framework", 0);
      await prometheus.fires(["AcciApplicationDown"]);
    } finally {
      await scale("deployment/acci-framework", 2);
      await dev.kube(["rollout", "status", "deployment/acci-framework", "--timeout=60s"]);
    }
    await prometheus.fires(["AcciApplicationPodsMissing", "AcciApplicationDown"], false);
  });

  it("that the database's metrics are incomplete, and that a certificate is not renewed", async () => {
    await prometheus.fires(["AcciPostgresMetricsFailing", "AcciCertificateRenewal", "AcciCertificateNotReady"]);
  });
});

/** Panels for what dev does not have: a second pod of its own kind, an exporter of the cluster, a dump. */
const EMPTY: readonly RegExp[] = [
  /^database: (Clients|Longest wait|Connections to the database)$/,
  /^service: (Memory of the cache|Evicted and expired keys|Clients of the cache)$/,
  /^rollouts: (Replicas that are not updated or not available|Restarts in half an hour|Certificates)$/,
  /^(backups: |budget: Newest dump too old$)/,
];

it("every panel of the dashboards has data", async () => {
  await underLoad(list, async () => {
    await until("the budget", 60, async () => (await prometheus.series("slo:period_error_budget_remaining:ratio")) > 1);
  });
  const panels = dashboards.flatMap(({ name, rows }) =>
    rows.flatMap((row) => row.panels.map(({ queries, title }) => ({ where: `${name}: ${title}`, queries }))),
  );
  const shown = panels.filter(({ where }) => !EMPTY.some((pattern) => pattern.test(where)));
  expect(shown.length).toBeGreaterThan(35);
  const empty: string[] = [];
  for (const { queries, where } of shown) {
    const found = await Promise.all(queries.map(({ expr }) => prometheus.series(filledIn(expr))));
    // A panel of several queries may lack what this stack is not configured for.
    if (found.every((series) => series === 0)) empty.push(where);
  }
  expect(empty).toEqual([]);
});

it("make dashboards shows them in a browser", async () => {
  const variables = [`PROMETHEUS=${SERVICE}`, `ARGS=${DASHBOARDS_PORT}`];
  const server = spawn("make", ["--silent", "--directory", project, "dashboards", ...variables], {
    detached: true,
    stdio: "ignore",
  });
  const address = `http://localhost:${DASHBOARDS_PORT}`;
  try {
    await until("the page", 30, async () => (await fetch(address)).ok);
    const { rows } = (await (await fetch(`${address}/dashboards/service?seconds=900`)).json()) as Page;
    const [requests] = rows[0]!.panels;
    expect(requests).toMatchObject({ title: "Requests", kind: "stat" });
    expect(requests!.problem).toBeUndefined();
    expect(requests!.series[0]!.values.some((value) => value !== null && value > 0)).toBe(true);
  } finally {
    process.kill(-server.pid!, "SIGTERM");
  }
});

const DASHBOARDS_PORT = 13000;
interface Page {
  readonly rows: readonly { readonly panels: readonly Drawn[] }[];
}

const filledIn = (expr: string) => expr.replaceAll("$namespace", dev.namespace).replaceAll("$__rate_interval", RANGE);
