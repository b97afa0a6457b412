/** `node local/platform.ts <command>`: the embedded platform of a machine without a cluster, a registry or Pulumi plugins. */
import { rmSync } from "node:fs";
import { installAddons } from "./addons/install.ts";
import { isRunning, kubectl, serviceStatus, startCluster, stopCluster } from "./cluster/cluster.ts";
import { problems } from "./doctor.ts";
import { buildImages } from "./images/build.ts";
import { cache, inState, state } from "./lib/paths.ts";
import { keepTimings, phase, say } from "./lib/progress.ts";
import { takePlatform } from "./lock.ts";
import { installPackages, missingPackages } from "./packages.ts";
import { buildTools, missingTools } from "./toolchain/build.ts";

async function doctor(): Promise<void> {
  const found = await problems(missingTools().length > 0);
  if (found.length > 0) throw new Error(`this machine cannot hold the embedded platform\n  - ${found.join("\n  - ")}`);
}

/** Everything below the program: tools, cluster, images, operators. */
async function start(): Promise<void> {
  await doctor();
  await takePlatform();
  const packages = await missingPackages();
  if (packages.length > 0) await phase(`installing ${packages.length} packages`, () => installPackages(packages, inState("log", "packages.log")));
  await buildTools(inState("log", "toolchain.log"));
  await phase(isRunning() ? "checking the cluster" : "starting the cluster", startCluster);
  await buildImages();
  await phase("operators and route", installAddons);
  keepTimings();
}

async function status(): Promise<void> {
  if (!isRunning()) {
    say("the platform does not run; `make up` starts it");
    return;
  }
  for (const { name, running, restarts } of serviceStatus()) say(`${name.padEnd(20)} ${running ? "running" : "stopped"}  restarts ${restarts}`);
  process.stdout.write(await kubectl(["get", "pods", "--all-namespaces"]));
}

async function stop(): Promise<void> {
  await takePlatform();
  await phase("stopping the cluster", stopCluster);
}

async function clean(): Promise<void> {
  await stop();
  rmSync(state, { recursive: true, force: true });
  say(`removed ${state}; tools and images stay in ${cache}`);
}

const commands: Record<string, () => Promise<void>> = { doctor, start, status, stop, clean };
const name = process.argv[2] ?? "";
const command = commands[name];
if (command === undefined) {
  console.error(`platform: command: got "${name}"; one of ${Object.keys(commands).join(", ")} is needed`);
  process.exit(2);
}
try {
  await command();
  process.exit(0);
} catch (error) {
  console.error(`\nplatform: ${(error as Error).message}`);
  process.exit(1);
}
