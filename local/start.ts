import { writeFileSync } from "node:fs";
import { installAddons } from "./addons/install.ts";
import { isRunning, startCluster } from "./cluster/cluster.ts";
import { problemsOf, thisMachine } from "./doctor.ts";
import { buildImages } from "./images/build.ts";
import { withEveryPlatform } from "./images/platforms.ts";
import { inCache, inState } from "./lib/paths.ts";
import { phase, say, timed } from "./lib/progress.ts";
import { takePlatform } from "./lock.ts";
import { installPackages, missingPlatformPackages, missingTestPackages } from "./packages.ts";
import { buildTestTools, buildTools, missingTools } from "./toolchain/build.ts";
import { keepPostgres } from "./toolchain/postgres/keep.ts";
import { tools } from "./toolchain/tools.ts";

/** Fails with everything this machine lacks, before anything is changed. */
export async function checkMachine(): Promise<void> {
  const found = problemsOf(await thisMachine(), missingTools().length > 0);
  if (found.length > 0) throw new Error(`this machine cannot hold the embedded platform\n  - ${found.join("\n  - ")}`);
  say("this machine can hold the embedded platform");
}

async function install(packages: readonly string[]): Promise<void> {
  if (packages.length === 0) return;
  const log = inState("log", "packages.log");
  await phase(`installing ${packages.length} packages`, () => installPackages(packages, log));
}

/** Builds what is missing and starts nothing. */
export async function makeTools(): Promise<void> {
  await checkMachine();
  await takePlatform();
  await install(await missingPlatformPackages());
  await buildTools(inState("log", "toolchain.log"));
}

/** Everything below the program: packages, tools, cluster, images, operators. Each step is skipped when it is done. */
export async function start(): Promise<void> {
  const first = missingTools().length === tools.length;
  await makeTools();
  await phase(isRunning() ? "checking the cluster" : "starting the cluster", startCluster);
  await buildImages();
  await phase("operators and route", installAddons);
  // For the benchmark: an empty cache is met only once.
  if (first) writeFileSync(inCache("first-start.json"), JSON.stringify(timed(), null, 2));
}

/** What the tests need besides the platform, whose images they build for every platform. */
export async function prepareTests(): Promise<void> {
  await install(await missingTestPackages());
  await withEveryPlatform(() => buildImages());
  await keepPostgres(inState("log", "packages.log"));
  await makeTestTools();
}

/** What `make check` needs besides Node.js. */
export const makeTestTools = () => buildTestTools(inState("log", "toolchain.log"));
