/** `make bench [ONLY=<name>,<name>]`: prints `<name> <value> <unit> bar <limit> ok|short` and writes the same to bench/results.json. */
import { writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { dumpTime, restoreFloor, restoreTime } from "./backup.ts";
import type { Figure } from "./figure.ts";
import { imageSize, rebuild, reproducible } from "./image.ts";
import { firstUp, warmUp } from "./make-up.ts";
import { dumpTables, verifyTables } from "./many-tables.ts";
import { noChange, previewPeer } from "./no-change.ts";
import { recoveryTime } from "./rto.ts";
import { abortSeconds, blueGreenFailures, canaryFailures } from "./judged-rollouts.ts";
import { rolloutFailures } from "./rollouts.ts";
import { telemetryMemory, telemetryP99 } from "./telemetry.ts";

const benchmarks: Record<string, () => Promise<Figure>> = {
  preview: () => noChange("preview", 1.5),
  "preview-peer": previewPeer,
  up: () => noChange("up", 1.7),
  "rollout-failures": rolloutFailures,
  "canary-failures": canaryFailures,
  "bluegreen-failures": blueGreenFailures,
  "abort-seconds": abortSeconds,
  "telemetry-p99": telemetryP99,
  "telemetry-memory": telemetryMemory,
  "warm-up": warmUp,
  dump: dumpTime,
  restore: restoreTime,
  "restore-floor": restoreFloor,
  "dump-tables": dumpTables,
  "verify-tables": verifyTables,
  "rto-100m": () => recoveryTime("rto-100m", 0.1),
  "rto-1g": () => recoveryTime("rto-1g", 1),
  "rto-5g": () => recoveryTime("rto-5g", 5),
  "image-size": imageSize,
  rebuild,
  unreproducible: reproducible,
  // Last, because it stops and starts the site.
  "first-up": firstUp,
};

const only = process.argv[2]?.split(",");
const unknown = only?.find((name) => benchmarks[name] === undefined);
if (unknown !== undefined) {
  console.error(
    `bench: ONLY: got "${unknown}"; must be of ${Object.keys(benchmarks).join(", ")}, with commas between them`,
  );
  process.exit(2);
}
const figures: (Figure & { ok: boolean })[] = [];
for (const [name, measure] of Object.entries(benchmarks)) {
  if (only && !only.includes(name)) continue;
  const figure = await measure();
  const ok = figure.value <= figure.bar;
  figures.push({ ...figure, ok });
  console.log(`${name} ${figure.value} ${figure.unit} bar ${figure.bar} ${ok ? "ok" : "short"}   (${figure.detail})`);
}
const machine = {
  cpus: os.cpus().length,
  model: os.cpus()[0]?.model,
  memoryGiB: Math.round(os.totalmem() / 1024 ** 3),
};
const results = { date: new Date().toISOString(), machine, figures };
writeFileSync(path.join(import.meta.dirname, "results.json"), `${JSON.stringify(results, null, 2)}\n`);
