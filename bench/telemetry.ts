import { setTimeout } from "node:timers/promises";
import { kubectl } from "../local/cluster/cluster.ts";
import { inState } from "../local/lib/paths.ts";
import { startMetrics, stopMetrics } from "../local/observe/metrics.ts";
import { setObserved } from "../local/observe/mark.ts";
import { startStore, stopStore } from "../local/observe/observe.ts";
import { pulumi } from "../local/stack/pulumi.ts";
import { buildCollector } from "../local/toolchain/build.ts";
import { Load } from "../test/cluster/support/load.ts";
import { dev } from "../test/cluster/support/site.ts";
import type { Figure } from "./figure.ts";
import { median } from "./median.ts";

const ROUNDS = 3;
const WARM_UP_MS = 5000;
const LOAD_MS = 40_000;

interface Cost {
  readonly milliseconds: number;
  readonly megabytes: number;
}

const up = (config: Record<string, unknown> = {}) => pulumi("dev", ["up", "--yes", "--skip-preview"], { config });

/** Every request traced, by a collector on the node that ships the logs too, and a Prometheus that scrapes and judges. */
async function switchOn(): Promise<void> {
  await startStore();
  setObserved(true);
  await up({ "acci:telemetry": { sampleRatio: 1, collector: { mode: "install" } } });
  await startMetrics();
}

async function switchOff(): Promise<void> {
  setObserved(false);
  await up();
  await Promise.all([stopStore(), stopMetrics()]);
}

async function underLoad(): Promise<Cost> {
  await dev.settled();
  const warmUp = await Load.start();
  await setTimeout(WARM_UP_MS);
  await warmUp.stop();
  const load = await Load.start();
  await setTimeout(LOAD_MS);
  const megabytes = await residentMegabytes();
  const { failed, p99Milliseconds, problems } = await load.stop();
  if (failed > 0) throw new Error(`load: must have no failed request, got ${problems.join(", ")}`);
  return { milliseconds: p99Milliseconds, megabytes };
}

/** Resident memory of the application's larger pod. */
async function residentMegabytes(): Promise<number> {
  const pods = await dev.applicationPods();
  const all = await Promise.all(
    pods.map(async (pod) => {
      const path = `/api/v1/namespaces/${dev.namespace}/pods/${pod}:9090/proxy/metrics`;
      const [, bytes] = /^process_memory_rss_bytes (\S+)$/m.exec(await kubectl(["get", "--raw", path]))!;
      return Number(bytes) / 1e6;
    }),
  );
  return Math.max(...all);
}

async function measureRounds() {
  await buildCollector(inState("log", "toolchain.log"));
  const [off, on]: [Cost[], Cost[]] = [[], []];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      off.push(await underLoad());
      await switchOn();
      on.push(await underLoad());
      await switchOff();
    }
  } finally {
    await switchOff();
  }
  return { off, on };
}

// Kept, because two figures share these minutes of work.
let measured: ReturnType<typeof measureRounds> | undefined;

async function compared(name: string, bar: number, unit: string, of: (cost: Cost) => number): Promise<Figure> {
  const { off, on } = await (measured ??= measureRounds());
  const [without, with_] = [off, on].map((costs) => costs.map(of)) as [number[], number[]];
  const shown = (values: readonly number[]) => values.map((value) => value.toFixed(0)).join(", ");
  return {
    name,
    value: Math.round((median(with_) / median(without)) * 100) / 100,
    unit: "times",
    bar,
    detail: `${shown(with_)} ${unit} with all of it on, ${shown(without)} ${unit} without, in turns`,
  };
}

/** 99th percentile of 200 requests a second with all telemetry on, against none. */
export const telemetryP99 = () => compared("telemetry-p99", 1.1, "ms", ({ milliseconds }) => milliseconds);

/** Memory of the application with all telemetry on, against none. */
export const telemetryMemory = () => compared("telemetry-memory", 1.25, "MB", ({ megabytes }) => megabytes);
