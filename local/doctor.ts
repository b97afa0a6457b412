import { existsSync, readFileSync, statfsSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { hostAddress, link, nodeAddress } from "./lib/addresses.ts";
import { state } from "./lib/paths.ts";
import { cache } from "../tooling/paths.ts";
import { run, succeeds } from "../tooling/run.ts";

const gib = 1024 ** 3;
const needed = { memoryGiB: 6, buildDiskGiB: 20, runDiskGiB: 8, goMinor: 26 };

/** Facts about a machine that the platform depends on. */
export interface Machine {
  readonly system: string;
  readonly architecture: string;
  readonly isRoot: boolean;
  readonly hasApt: boolean;
  readonly hasNamespaces: boolean;
  readonly hasOverlay: boolean;
  readonly memoryGiB: number;
  readonly disks: readonly { readonly folder: string; readonly variable: string; readonly freeGiB: number }[];
  /** Lines of `ip -o -4 addr`. */
  readonly interfaces: readonly string[];
  /** `ip -o route get` of the node's address. */
  readonly route: string;
  /** `go env GOVERSION`, empty without Go. */
  readonly go: string;
}

/** Everything about a machine that would keep the platform from working, each with its cure. */
export function problemsOf(machine: Machine, building: boolean): string[] {
  const elsewhere = "set ACCI_CONTEXT to use a cluster you have";
  if (machine.system !== "linux") return [`system: must be linux, got ${machine.system}; ${elsewhere}`];

  const disk = building ? needed.buildDiskGiB : needed.runDiskGiB;
  const found = [
    machine.isRoot || `user: must be root; run it with sudo, or ${elsewhere}`,
    machine.architecture === "x64" || `machine: must be x86-64, got ${machine.architecture}; ${elsewhere}`,
    machine.hasApt || "packages: apt-get must be there, got none; use Debian 12 or a derivative",
    !machine.isRoot ||
      machine.hasNamespaces ||
      "namespaces: unshare must be allowed, got a refusal; let the machine or container make network, mount and process namespaces",
    machine.hasOverlay || "overlay: the kernel must have overlayfs, got none; run `modprobe overlay`",
    machine.memoryGiB >= needed.memoryGiB ||
      `memory: must be at least ${needed.memoryGiB} GiB, got ${machine.memoryGiB.toFixed(1)} GiB; use a larger machine`,
    ...machine.disks.map(
      ({ folder, variable, freeGiB }) =>
        freeGiB >= disk ||
        `disk: ${disk} GiB must be free in ${folder}, got ${freeGiB.toFixed(1)} GiB; free some, or set ${variable} to another disk`,
    ),
    addressProblem(machine) ?? true,
    !building ||
      goMinor(machine.go) >= needed.goMinor ||
      `go: must be at least 1.${needed.goMinor} to build the tools, got ${machine.go || "none"}; install it and put it on PATH`,
  ];
  return found.filter((problem) => typeof problem === "string");
}

const goMinor = (version: string) => Number(/^go1\.(\d+)/.exec(version)?.[1] ?? 0);

/** Problem of an interface or route that uses our addresses and is not the platform's own link. */
function addressProblem({ interfaces, route }: Machine): string | undefined {
  const taken = interfaces.find((line) => line.includes(` ${hostAddress}/`) && !line.includes(` ${link} `));
  if (taken !== undefined)
    return `address: ${hostAddress} must be free, got ${taken.trim().split(/\s+/)[1]}; remove that interface`;
  const device = /dev (\S+)/.exec(route)?.[1];
  if (route.includes(" via ") || device === undefined || device === link) return undefined;
  return `address: ${nodeAddress} must be free, got a network on ${device}; remove it`;
}

/** Free space of the file system that will hold `folder`, which need not exist yet. */
function freeGiB(folder: string): number {
  let at = folder;
  while (!existsSync(at)) at = path.dirname(at);
  const { bavail, bsize } = statfsSync(at);
  return (bavail * bsize) / gib;
}

export async function thisMachine(): Promise<Machine> {
  const printed = (command: string, ...args: string[]) => run(command, args).catch(() => "");
  const isLinux = process.platform === "linux";
  return {
    system: process.platform,
    architecture: process.arch,
    isRoot: process.getuid?.() === 0,
    hasApt: await succeeds("apt-get", ["--version"]),
    hasNamespaces: await succeeds("unshare", ["--net", "--mount", "--pid", "--fork", "true"]),
    hasOverlay: isLinux && readFileSync("/proc/filesystems", "utf8").includes("overlay"),
    memoryGiB: os.totalmem() / gib,
    disks: [
      { folder: cache, variable: "ACCI_CACHE", freeGiB: freeGiB(cache) },
      { folder: state, variable: "ACCI_HOME", freeGiB: freeGiB(state) },
    ],
    interfaces: (await printed("ip", "-o", "-4", "addr")).split("\n"),
    route: await printed("ip", "-o", "route", "get", nodeAddress),
    go: (await printed("go", "env", "GOVERSION")).trim(),
  };
}
