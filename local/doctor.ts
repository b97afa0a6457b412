import { existsSync, readFileSync, statfsSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { hostAddress, link, nodeAddress } from "./lib/addresses.ts";
import { cache, state } from "./lib/paths.ts";
import { run, succeeds } from "./lib/run.ts";

const gib = 1024 ** 3;
const needed = { memoryGiB: 6, buildDiskGiB: 20, runDiskGiB: 8, goMinor: 26 };

/** Free space of the file system that will hold `folder`, which need not exist yet. */
function freeGiB(folder: string): number {
  let at = folder;
  while (!existsSync(at)) at = path.dirname(at);
  const { bavail, bsize } = statfsSync(at);
  return (bavail * bsize) / gib;
}

async function goProblem(): Promise<string | undefined> {
  const version = await run("go", ["env", "GOVERSION"]).catch(() => "");
  const minor = Number(/^go1\.(\d+)/.exec(version)?.[1] ?? 0);
  if (minor >= needed.goMinor) return undefined;
  return `go: at least 1.${needed.goMinor} is needed to build the tools, got ${version.trim() || "none"}; install it and put it on PATH`;
}

/** Another owner of our addresses: a route or interface that is not the platform's own link. */
async function addressProblem(): Promise<string | undefined> {
  const route = await run("ip", ["-o", "route", "get", nodeAddress]).catch(() => "");
  const others = await run("ip", ["-o", "-4", "addr"]).catch(() => "");
  const taken = others.split("\n").find((line) => line.includes(` ${hostAddress}/`) && !line.includes(` ${link} `));
  if (taken !== undefined) return `address: ${hostAddress} is taken by another interface (${taken.trim()}); remove it`;
  const device = /dev (\S+)/.exec(route)?.[1];
  if (!route.includes(" via ") && device !== undefined && device !== link)
    return `address: ${nodeAddress} is already reached through ${device}; remove that network`;
  return undefined;
}

/** Everything that would stop the platform from working here, each with its cure. Changes nothing. */
export async function problems(building: boolean): Promise<string[]> {
  const found: (string | undefined)[] = [];
  const require = (ok: boolean, problem: string) => found.push(ok ? undefined : problem);

  if (process.platform !== "linux")
    return [
      `system: the embedded platform needs Linux, got ${process.platform}; set ACCI_CONTEXT to use a cluster you have`,
    ];
  require(process.getuid?.() ===
    0, "user: the embedded platform needs root; run it with sudo, or set ACCI_CONTEXT to use a cluster you have");
  require(["x64"].includes(process.arch), `machine: x86-64 is needed, got ${process.arch}`);
  require(await succeeds("apt-get", [
    "--version",
  ]), "packages: apt-get was not found; Debian 12 or a derivative is needed");
  require(await succeeds("unshare", [
    "--net",
    "--mount",
    "--pid",
    "--fork",
    "true",
  ]), "namespaces: unshare was refused; the machine or container must allow network, mount and process namespaces");
  require(readFileSync("/proc/filesystems", "utf8").includes(
    "overlay",
  ), "overlay: the kernel lacks overlayfs; run `modprobe overlay`");

  const memory = os.totalmem() / gib;
  require(memory >=
    needed.memoryGiB, `memory: at least ${needed.memoryGiB} GiB is needed, got ${memory.toFixed(1)} GiB`);
  for (const folder of new Set([cache, state])) {
    const disk = building ? needed.buildDiskGiB : needed.runDiskGiB;
    const free = freeGiB(folder);
    require(free >=
      disk, `disk: at least ${disk} GiB must be free in ${folder}, got ${free.toFixed(1)} GiB; free some or set ${folder === cache ? "ACCI_CACHE" : "ACCI_HOME"} to another disk`);
  }
  found.push(await addressProblem());
  if (building) found.push(await goProblem());
  return found.filter((problem) => problem !== undefined);
}
