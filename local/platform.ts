/** `node local/platform.ts <command>`: the embedded platform of a machine without a cluster, a registry or Pulumi plugins. */
import { rmSync } from "node:fs";
import { isRunning, kubectl, serviceStatus, stopCluster } from "./cluster/cluster.ts";
import { releaseStorage } from "./images/build.ts";
import { state } from "./lib/paths.ts";
import { cache } from "../tooling/paths.ts";
import { phase, say } from "./lib/progress.ts";
import { takePlatform } from "./lock.ts";
import { observe } from "./observe/observe.ts";
import { checkMachine, makeTestTools, makeTools, prepareTests, start } from "./start.ts";
import { up } from "./up.ts";

async function status(): Promise<void> {
  if (!isRunning()) {
    say("the platform does not run; `make up` starts it");
    return;
  }
  for (const { name, running, restarts } of serviceStatus())
    say(`${name.padEnd(20)} ${running ? "running" : "stopped"}  restarts ${restarts}`);
  process.stdout.write(await kubectl(["get", "pods", "--all-namespaces"]));
}

async function stop(): Promise<void> {
  await takePlatform();
  await phase("stopping the cluster", stopCluster);
  await releaseStorage();
}

async function clean(): Promise<void> {
  await stop();
  rmSync(state, { recursive: true, force: true });
  say(`removed ${state}; tools and images stay in ${cache}`);
}

const commands: Record<string, () => Promise<void>> = {
  doctor: checkMachine,
  tools: makeTools,
  start: () => start(),
  "start-for-tests": () => start(true),
  up,
  observe,
  status,
  stop,
  clean,
  "test-packages": prepareTests,
  "test-tools": makeTestTools,
};
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
