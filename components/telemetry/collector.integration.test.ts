import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { freePort } from "../../tooling/free-port.ts";
import { until } from "../../tooling/until.ts";
import { CHECKPOINTS, collectorConfig, LOGS } from "./collector-config.ts";
import { ContainerLog } from "./testing/container-log.ts";
import { Otelcol } from "./testing/otelcol.ts";

interface Line {
  readonly resource: Readonly<Record<string, string>>;
  readonly severity: string;
  readonly traceId: string;
  readonly number: number;
}

let folder: string;
let port: number;
let log: ContainerLog;
let store: Otelcol;
let collector: Otelcol;

/** How long the store is away: an hour in a nightly run, in any other as long as it takes to see the queue work. */
const OUTAGE_SECONDS = Number(process.env["ACCI_TEST_OUTAGE_SECONDS"] || 6);
const LINES_A_SECOND = 100;
/** The log is rotated at the end of each. */
const PARTS = 6;

const HEALTH = { endpoint: "" };

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), "collector-"));
  port = await freePort();
  log = new ContainerLog(path.join(folder, "logs"), "acci-dev");
  mkdirSync(path.join(folder, "checkpoints"));
  store = new Otelcol(folder, "store", {
    extensions: { health_check: HEALTH },
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
    // With rotation it goes on with a file that is there, one export a line.
    exporters: { file: { path: path.join(folder, "stored.json"), rotation: { max_megabytes: 500 } } },
    service: {
      extensions: ["health_check"],
      telemetry: { metrics: { level: "none" } },
      pipelines: { logs: { receivers: ["otlp"], exporters: ["file"] } },
    },
  } as never);
  collector = new Otelcol(folder, "node", onThisMachine());
});

afterEach(async () => {
  await collector.stop("SIGKILL");
  await store.stop("SIGKILL");
  rmSync(folder, { recursive: true });
});

/** The collector's own configuration, with folders and addresses of this test in place of the node's. */
function onThisMachine() {
  const address = `http://127.0.0.1:${port}`;
  const text = JSON.stringify(collectorConfig({ site: "acci-dev", traces: address, logs: address }))
    .replaceAll(LOGS, path.join(folder, "logs"))
    .replaceAll(CHECKPOINTS, path.join(folder, "checkpoints"))
    .replace(/\$\{env:POD_IP\}:\d+/g, "127.0.0.1:0");
  return JSON.parse(text) as ReturnType<typeof collectorConfig>;
}

/** What the store has. */
function stored(): Line[] {
  const file = path.join(folder, "stored.json");
  if (!existsSync(file)) return [];
  const exports = readFileSync(file, "utf8").split("\n").filter(Boolean);
  return exports.flatMap((text) =>
    (JSON.parse(text) as any).resourceLogs.flatMap(({ resource, scopeLogs }: any) =>
      scopeLogs.flatMap(({ logRecords }: any) =>
        logRecords.map(({ attributes, severityText, traceId }: any) => ({
          resource: texts(resource.attributes),
          severity: severityText,
          traceId,
          number: Number(texts(attributes)["number"]),
        })),
      ),
    ),
  );
}

const texts = (attributes: any[]): Record<string, string> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, String(Object.values(value)[0])]));

/** Waits until the store has every line, and counts those that it has more than once. */
async function doubled(): Promise<number> {
  const unique = () => new Set(stored().map(({ number }) => number)).size;
  await until("every line in the store", 120, async () => {
    if (unique() !== log.written) throw new Error(`must have ${log.written} lines, got ${unique()}`);
    return true;
  });
  return stored().length - log.written;
}

test("a line is known by its pod, level and trace, and audit lines are a stream of their own", async () => {
  await store.start();
  await collector.start();
  log.write(1, { trace_id: "0af7651916cd43dd8448eb211c80319c", span_id: "b7ad6b7169203331" });
  log.write(1, { target: "audit", action: "delete" });
  expect(await doubled()).toBe(0);
  const [line, audit] = stored().toSorted((a, b) => a.number - b.number);
  expect(line).toMatchObject({
    severity: "INFO",
    traceId: "0af7651916cd43dd8448eb211c80319c",
    resource: {
      "k8s.namespace.name": "acci-dev",
      "k8s.pod.name": "acci-0",
      "k8s.container.name": "acci",
      "service.name": "acci",
    },
  });
  expect(audit!.resource["service.name"]).toBe("acci-audit");
});

test("no line is lost or doubled by rotations, a restarted collector and a store that is away", async () => {
  await store.start();
  log.write(5000);
  // What was written before it came is read as well.
  await collector.start();
  log.write(5000);
  log.rotate();
  log.write(5000);
  await store.stop("SIGKILL");
  log.write(5000);
  log.rotate();
  log.write(5000);
  await collector.stop();
  // A rotation that nobody saw.
  log.write(5000);
  log.rotate();
  log.write(5000);
  await collector.start();
  log.write(5000);
  await store.start();
  log.write(5000);
  expect(await doubled()).toBe(0);
});

test(
  `no line is lost or doubled by ${OUTAGE_SECONDS} s without the store`,
  async () => {
    await store.start();
    await collector.start();
    log.write(1000);
    expect(await doubled()).toBe(0);
    await store.stop("SIGKILL");
    for (let part = 0; part < PARTS; part++) {
      const end = performance.now() + (OUTAGE_SECONDS * 1000) / PARTS;
      while (performance.now() < end) {
        log.write(LINES_A_SECOND / 4);
        await new Promise((next) => setTimeout(next, 250));
      }
      log.rotate();
      // What waits is on disk, so that it outlives the collector.
      if (part === PARTS / 2) {
        await collector.stop();
        await collector.start();
      }
    }
    await store.start();
    expect(await doubled()).toBe(0);
    expect(log.written).toBeGreaterThan((LINES_A_SECOND / 2) * OUTAGE_SECONDS);
  },
  (OUTAGE_SECONDS + 600) * 1000,
);

test("no line is lost by a collector that is killed, and none but its last batch is doubled", async () => {
  await store.start();
  await collector.start();
  for (let kill = 0; kill < 3; kill++) {
    log.write(10_000);
    await collector.stop("SIGKILL");
    log.write(5000);
    log.rotate();
    await collector.start();
  }
  expect(await doubled()).toBeLessThanOrEqual(3 * 5000);
});
