import { existsSync, readFileSync } from "node:fs";
import { inCache, project } from "../tooling/paths.ts";
import { run } from "../tooling/run.ts";
import type { Figure } from "./figure.ts";

interface Timed {
  readonly seconds: number;
  readonly phases: readonly { readonly phase: string; readonly seconds: number }[];
}

/** Time of the first `make up` with this cache, from the phases that it recorded. */
export function firstUp(): Promise<Figure> {
  const file = inCache("first-start.json");
  if (!existsSync(file))
    throw new Error("first-up: no start with an empty cache is on record; delete the cache folder and run `make up`");
  const { phases, seconds } = JSON.parse(readFileSync(file, "utf8")) as Timed;
  for (const each of phases) console.log(`  ${each.seconds.toFixed(1).padStart(7)} s  ${each.phase}`);
  const detail = "empty cache to 200 over HTTPS";
  return Promise.resolve({ name: "first-up", value: Math.round(seconds), unit: "s", bar: 900, detail });
}

/** Time of `make up` when everything runs already. */
export async function warmUp(): Promise<Figure> {
  await run("make", ["--directory", project, "up"]);
  const start = performance.now();
  await run("make", ["--directory", project, "up"]);
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  return { name: "warm-up", value: seconds, unit: "s", bar: 60, detail: "everything runs already" };
}
