/**
 * Runs inside the platform's namespaces as the only child of their init: prepares mounts and network, then starts every service and
 * restarts it when it ends. When this process ends, the kernel ends everything in the namespaces.
 */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { link } from "../lib/addresses.ts";
import { inState, logs } from "../lib/paths.ts";
import type { Service } from "./services.ts";

const restartMilliseconds = 1000;

const sh = (command: string, ...args: string[]) =>
  execFileSync(command, args, { stdio: ["ignore", "inherit", "inherit"] });

function prepareMounts(): void {
  sh("mount", "--make-rshared", "/");
  // A file system for sockets, locks and pod network handles, separate from the machine's own, that ends with the namespaces.
  sh("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run");
  mkdirSync("/run/lock");
  for (const [own, fixed] of [
    ["kubelet", "/var/lib/kubelet"],
    ["pod-logs", "/var/log"],
  ] as const) {
    mkdirSync(inState(own), { recursive: true });
    mkdirSync(fixed, { recursive: true });
    sh("mount", "--bind", inState(own), fixed);
  }
}

async function prepareNetwork(): Promise<void> {
  sh("ip", "link", "set", "lo", "up");
  // The other end is attached from outside once this namespace exists.
  while (os.networkInterfaces()[link] === undefined) await new Promise((next) => setTimeout(next, 50));
  writeFileSync("/proc/sys/net/ipv4/ip_forward", "1");
}

const running = new Map<string, ChildProcess>();
const restarts = new Map<string, number>();

function report(services: Service[]): void {
  const status = services.map(({ name }) => ({ name, running: running.has(name), restarts: restarts.get(name) ?? 0 }));
  const file = inState("services-status.json");
  writeFileSync(`${file}.partial`, JSON.stringify(status));
  renameSync(`${file}.partial`, file);
}

function start(service: Service, services: Service[]): void {
  const log = openSync(path.join(logs, `${service.name}.log`), "a", 0o600);
  const [command, ...args] = service.command;
  const child = spawn(command!, args, { stdio: ["ignore", log, log], env: { ...process.env, ...service.env } });
  running.set(service.name, child);
  const ended = () => {
    running.delete(service.name);
    restarts.set(service.name, (restarts.get(service.name) ?? 0) + 1);
    report(services);
    setTimeout(() => start(service, services), restartMilliseconds);
  };
  child.once("error", ended).once("exit", ended);
  report(services);
}

mkdirSync(logs, { recursive: true });
prepareMounts();
await prepareNetwork();
const services = JSON.parse(readFileSync(inState("services.json"), "utf8")) as Service[];
for (const service of services) start(service, services);
process.on("SIGTERM", () => process.exit(0));
