import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { freePort } from "../../tooling/free-port.ts";
import { until } from "../../tooling/until.ts";
import { RELEASES } from "../../backup/contract/rollout.ts";
import { POSTGRES_JOB, REDIS_JOB } from "./monitors.ts";
import type { SiteLimits } from "./site-records.ts";
import { Alerting, everyAlert } from "./testing/alerting.ts";
import { exportCache, PoorCache } from "./testing/caches.ts";
import { exportDatabase } from "./testing/databases.ts";
import { DatabasesInTrouble } from "./testing/databases-in-trouble.ts";
import { Dumps } from "./testing/dumps.ts";
import { Processes } from "./testing/processes.ts";
import { PROVOKED } from "./testing/provoked.ts";

const AGENT_JOB = "backup-agent";
const JOBS = [RELEASES.stable, POSTGRES_JOB, REDIS_JOB, AGENT_JOB];

const processes = new Processes(mkdtempSync(path.join(os.tmpdir(), "acci-alerts-")));
const alerting = new Alerting(processes);
/** What ends with the tests. */
const ends: (() => unknown)[] = [];

const limitsOf = (namespace: string, changed: Partial<SiteLimits> = {}): SiteLimits => ({
  namespace,
  application: { limits: { cpu: "1", memory: "1Gi" }, replicas: 1 },
  postgres: { instances: 1, volume: "10Gi" },
  poolers: 0,
  exported: false,
  intervals: { backup: 86_400, offsite: 86_400 },
  ...changed,
});

/** A replica is missing, and the volume is smaller than what is in it. */
const TROUBLED = limitsOf("acci-troubled", { postgres: { instances: 3, volume: "8Mi" } });
const GONE = limitsOf("acci-gone", { exported: true });

/** An application with logins, which somebody guesses. */
async function refusingLogins(): Promise<number> {
  let refused = 0;
  const server = http.createServer((_, response) => {
    refused += 500;
    response.setHeader("content-type", "text/plain; version=0.0.4");
    response.end(`# TYPE acci_failed_logins_total counter\nacci_failed_logins_total ${refused}\n`);
  });
  ends.push(() => server.close().closeAllConnections());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

let cache: PoorCache;
let dumps: Dumps;
/** Every alert that has been received, and the sites of which. */
const received = new Map<string, Set<string | undefined>>();
const expected = everyAlert().filter((alert) => PROVOKED[alert.split(" ")[0]!] === "servers");

async function receive(): Promise<void> {
  for (const { alert, site } of await alerting.received()) {
    const sites = received.get(alert) ?? new Set();
    received.set(alert, sites.add(site));
  }
}

beforeAll(async () => {
  // The agent that is to be blind says so.
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
  const databases = new DatabasesInTrouble();
  ends.push(() => databases.stop());
  dumps = await Dumps.start();
  ends.push(() => dumps.stop());
  cache = await PoorCache.start();
  ends.push(() => cache.stop());
  const sites = dumps.sites.map((site) => limitsOf(site));
  await alerting.start([TROUBLED, GONE, ...sites], JOBS);
  await databases.trouble();

  const { namespace } = TROUBLED;
  const [primary, replica, old, poor, gone, logins] = await Promise.all([
    exportDatabase(processes, "primary", databases.primary),
    exportDatabase(processes, "replica", databases.replica),
    exportDatabase(processes, "old", databases.old),
    cache.exported(processes),
    freePort().then((nobody) => exportCache(processes, "gone", nobody)),
    refusingLogins(),
  ]);
  const agents = await dumps.look(databases.old);
  await until("the alert that nothing is scraped", 60, async () => {
    await receive();
    return received.has("AcciArchiveMetricsAbsent critical");
  });
  alerting.scrape(POSTGRES_JOB, [
    { namespace, pod: "postgres-1", port: primary },
    { namespace, pod: "postgres-2", port: replica },
    { namespace: "acci-old", pod: "postgres-1", port: old },
  ]);
  alerting.scrape(REDIS_JOB, [
    { namespace, port: poor },
    { namespace: GONE.namespace, port: gone },
  ]);
  alerting.scrape(RELEASES.stable, [{ namespace, port: logins }]);
  alerting.scrape(
    AGENT_JOB,
    Object.entries(agents).map(([site, port]) => ({ namespace: site, port })),
  );
  await cache.loseVolume();
}, 180_000);

afterAll(async () => {
  await processes.stop();
  for (const end of ends.reverse()) await end();
  rmSync(processes.folder, { recursive: true });
}, 60_000);

test("an Alertmanager receives every alert that real servers can provoke", async () => {
  const missing = () => expected.filter((alert) => !received.has(alert));
  await until("the alerts", 150, async () => {
    await cache.overload();
    await receive();
    return missing().length === 0;
  }).catch(() => undefined);
  expect(missing()).toEqual([]);
});

test("and none of a site whose dumps are as they should be", () => {
  const ofSound = [...received].filter(([, sites]) => sites.has("acci-sound")).map(([alert]) => alert);
  // It has neither a database nor an application to scrape.
  expect(ofSound.filter((alert) => !/^Acci(PostgresDown|ApplicationDown) /.test(alert))).toEqual([]);
});
