import { existsSync, readFileSync } from "node:fs";
import { inCache, project } from "../local/lib/paths.ts";
import { run } from "../local/lib/run.ts";
import type { Figure } from "./run.ts";

interface Phase {
  readonly phase: string;
  readonly seconds: number;
}

/** The first `make up` of this machine, which wrote down its phases when it built every tool. */
export async function firstUp(): Promise<Figure> {
  const file = inCache("first-up.json");
  if (!existsSync(file))
    throw new Error(
      "first-up: no first `make up` is on record; delete the cache folder and run `make up` to measure one",
    );
  const phases = JSON.parse(readFileSync(file, "utf8")) as Phase[];
  for (const { phase, seconds } of phases) console.log(`  ${seconds.toFixed(1).padStart(7)} s  ${phase}`);
  const total = phases.reduce((sum, { seconds }) => sum + seconds, 0);
  return { name: "first-up", value: Math.round(total), unit: "s", bar: 3600, detail: "empty cache to 200 over HTTPS" };
}

/** `make up` where everything runs already. */
export async function warmUp(): Promise<Figure> {
  await run("make", ["--directory", project, "up"]);
  const start = performance.now();
  await run("make", ["--directory", project, "up"]);
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  return { name: "warm-up", value: seconds, unit: "s", bar: 60, detail: "everything runs already" };
}
