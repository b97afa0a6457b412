import { installAddons } from "./addons/install.ts";
import { isRunning, startCluster } from "./cluster/cluster.ts";
import { problemsOf, thisMachine } from "./doctor.ts";
import { buildAhead } from "./images/ahead.ts";
import { buildImages, imagePhases, imagePhasesBeside, prepareImages } from "./images/build.ts";
import { withEveryPlatform } from "./images/platforms.ts";
import { duration } from "./lib/durations.ts";
import { inState } from "./lib/paths.ts";
import { announce, phase, say, toCome } from "./lib/progress.ts";
import { takePlatform } from "./lock.ts";
import { installPackages, missingPlatformPackages, missingTestPackages } from "./packages.ts";
import { buildTestTools, buildTools, missingTools, toolPhases } from "./toolchain/build.ts";
import { keepPostgres } from "./toolchain/postgres/keep.ts";

const OPERATORS = "operators and route";
const SITE = ["pulumi up", "asking the application over HTTPS"] as const;

/** Phases of `make up` on this machine, in order. */
const phases = () => [...toolPhases(), clusterPhase(), ...imagePhases(), OPERATORS, ...SITE];
const clusterPhase = () => (isRunning() ? "checking the cluster" : "starting the cluster");

/** Throws with everything that this machine lacks, before anything is changed. */
export async function checkMachine(): Promise<void> {
  const found = problemsOf(await thisMachine(), missingTools().length > 0);
  if (found.length > 0) throw new Error(`this machine cannot hold the embedded platform\n  - ${found.join("\n  - ")}`);
  announce(phases(), missingTools().length > 0 ? imagePhasesBeside() : []);
  say(`this machine can hold the embedded platform; \`make up\` takes about ${duration(toCome())}`);
}

async function install(packages: readonly string[]): Promise<void> {
  if (packages.length === 0) return;
  const log = inState("log", "packages.log");
  await phase(`installing ${packages.length} packages`, () => installPackages(packages, log));
}

async function takeMachine(): Promise<void> {
  await checkMachine();
  await takePlatform();
  await install(await missingPlatformPackages());
}

const toolLog = inState("log", "toolchain.log");

/** Builds the missing tools, those of the tests included, and starts nothing. */
export async function makeTools(): Promise<void> {
  await takeMachine();
  await buildTools(toolLog, true);
}

/** Waits for all of the work even when some of it fails, so that none runs on after the error. */
async function both(...work: readonly Promise<unknown>[]): Promise<void> {
  const told = work.map((one) =>
    one.catch((error: unknown) => {
      say(`  failed: ${(error as Error).message.split("\n")[0]}; the rest is waited for`);
      throw error;
    }),
  );
  for (const result of await Promise.allSettled(told)) if (result.status === "rejected") throw result.reason;
}

/** Starts everything below the program: packages, tools, cluster, images, operators. Finished steps are skipped. */
export async function start(forTests = false): Promise<void> {
  await takeMachine();
  const compiles = missingTools().length > 0;
  const images = prepareImages().then(() => (compiles ? buildAhead() : undefined));
  await both(images, buildTools(toolLog, forTests));
  await phase(clusterPhase(), startCluster);
  await buildImages();
  await phase(OPERATORS, installAddons);
  await (await images)?.stop();
}

/** Installs what the tests need besides the platform, and builds the images for every platform. */
export async function prepareTests(): Promise<void> {
  await install(await missingTestPackages());
  await withEveryPlatform(() => buildImages());
  await keepPostgres(inState("log", "packages.log"));
  await makeTestTools();
}

/** Builds the tools that `make check` needs besides Node.js. */
export const makeTestTools = () => buildTestTools(toolLog);
