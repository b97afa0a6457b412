import os from "node:os";
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

/** Runs of a stage, of which there are three: without telemetry, with it, and without it again. */
const RUNS = 4;
const WARM_UP_MS = 5000;
const RUN_MS = 15_000;

interface Cost {
  readonly milliseconds: number;
  readonly megabytes: number;
  /** Share of the machine's processors that was used, by whomever. */
  readonly busy: number;
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

async function stage(): Promise<Cost[]> {
  await dev.settled();
  const warmUp = await Load.start();
  await setTimeout(WARM_UP_MS);
  await warmUp.stop();
  const costs: Cost[] = [];
  for (let run = 0; run < RUNS; run++) costs.push(await underLoad());
  return costs;
}

async function underLoad(): Promise<Cost> {
  const load = await Load.start();
  const before = processorTimes();
  await setTimeout(RUN_MS);
  const after = processorTimes();
  const megabytes = await residentMegabytes();
  const { failed, p99Milliseconds, problems } = await load.stop();
  if (failed > 0) throw new Error(`load: must have no failed request, got ${problems.join(", ")}`);
  const busy = 1 - (after.idle - before.idle) / (after.all - before.all);
  return { milliseconds: p99Milliseconds, megabytes, busy };
}

function processorTimes(): { readonly idle: number; readonly all: number } {
  const times = os.cpus().map((one) => one.times);
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  return { idle: sum(times.map(({ idle }) => idle)), all: sum(times.flatMap((one) => Object.values(one))) };
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

interface Measured {
  readonly before: readonly Cost[];
  readonly on: readonly Cost[];
  readonly after: readonly Cost[];
}

async function measureStages(): Promise<Measured> {
  await buildCollector(inState("log", "toolchain.log"));
  const before = await stage();
  try {
    await switchOn();
    const on = await stage();
    await switchOff();
    return { before, on, after: await stage() };
  } catch (error) {
    await switchOff();
    throw error;
  }
}

// Kept, because two figures share these minutes of work.
let measured: ReturnType<typeof measureStages> | undefined;

async function compared(name: string, bar: number, unit: string, of: (cost: Cost) => number): Promise<Figure> {
  const { after, before, on } = await (measured ??= measureStages());
  const without = [...before, ...after];
  const value = times(on, without, of);
  const shown = (costs: readonly Cost[]) => costs.map((cost) => of(cost).toFixed(1)).join(", ");
  const busy = (costs: readonly Cost[]) => `${Math.round(100 * median(costs.map((cost) => cost.busy)))} %`;
  // What lies between two stages that are the same says how much of the value is chance.
  const noise = Math.max(times(after, before, of), times(before, after, of));
  const decided = noise < bar ? "decided by these medians" : `undecided, since noise is above the bar of ${bar}`;
  return {
    name,
    value,
    unit: "times",
    bar,
    detail:
      `${shown(on)} ${unit} with all of it on, ${shown(before)} before and ${shown(after)} after without; ` +
      `the two without differ by ${noise} times: ${decided}; processors ${busy(on)} busy with it, ${busy(without)} without`,
  };
}

const times = (some: readonly Cost[], others: readonly Cost[], of: (cost: Cost) => number) =>
  Math.round((median(some.map(of)) / median(others.map(of))) * 100) / 100;

/** 99th percentile of 200 requests a second with all telemetry on, against none. */
export const telemetryP99 = () => compared("telemetry-p99", 1.1, "ms", ({ milliseconds }) => milliseconds);

/** Memory of the application with all telemetry on, against none. */
export const telemetryMemory = () => compared("telemetry-memory", 1.25, "MB", ({ megabytes }) => megabytes);
