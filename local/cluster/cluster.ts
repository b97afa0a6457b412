import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { hostAddress, link, node, nodeAddress, ports, prefixLength } from "../lib/addresses.ts";
import { inState, kubeconfig, logs, pki } from "../lib/paths.ts";
import { bin } from "../../tooling/paths.ts";
import { say } from "../lib/progress.ts";
import { run, succeeds } from "../../tooling/run.ts";
import { until } from "../../tooling/until.ts";
import { ensurePki } from "./pki.ts";
import { writeServices } from "./services.ts";
import { prepareBuckets, writeAccounts } from "./store.ts";

const handle = inState("namespace.json");

/** Start time of a process in clock ticks since boot, which with its number identifies it. */
function birth(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").pop()!.split(" ")[19];
  } catch {
    return undefined;
  }
}

/** Id of the process that holds the platform's namespaces, if it lives. */
function holder(): number | undefined {
  if (!existsSync(handle)) return undefined;
  const { pid, began } = JSON.parse(readFileSync(handle, "utf8")) as { pid: number; began: string };
  return birth(pid) === began ? pid : undefined;
}

export const isRunning = () => holder() !== undefined;

export const kubectl = (args: readonly string[], input?: string) =>
  run(path.join(bin, "kubectl"), ["--kubeconfig", kubeconfig, ...args], { input });

const controllers = () => {
  const root = "/sys/fs/cgroup";
  if (existsSync(path.join(root, "cgroup.controllers"))) return [root];
  return readdirSync(root)
    .map((name) => path.join(root, name))
    .filter((folder) => statSync(folder).isDirectory());
};

function removeTree(cgroup: string): void {
  for (const entry of readdirSync(cgroup, { withFileTypes: true }))
    if (entry.isDirectory()) removeTree(path.join(cgroup, entry.name));
  rmdirSync(cgroup);
}

const cgroups = () => controllers().map((folder) => path.join(folder, "acci"));

/** Machine-wide settings that the kubelet changes and `down` puts back. */
const settings = [
  "vm/overcommit_memory",
  "vm/panic_on_oom",
  "kernel/panic",
  "kernel/panic_on_oops",
  "kernel/keys/root_maxkeys",
  "kernel/keys/root_maxbytes",
];
const setting = (name: string) => path.join("/proc/sys", name);

function saveSettings(): void {
  const file = inState("settings.json");
  if (existsSync(file)) return;
  writeFileSync(
    file,
    JSON.stringify(
      Object.fromEntries(
        settings.filter((name) => existsSync(setting(name))).map((name) => [name, readFileSync(setting(name), "utf8")]),
      ),
    ),
  );
}

function restoreSettings(): void {
  const file = inState("settings.json");
  if (!existsSync(file)) return;
  for (const [name, value] of Object.entries(JSON.parse(readFileSync(file, "utf8")) as Record<string, string>))
    writeFileSync(setting(name), value);
  rmSync(file);
}

async function openNamespace(): Promise<number> {
  mkdirSync(logs, { recursive: true });
  const log = openSync(path.join(logs, "supervisor.log"), "a", 0o600);
  const supervisor = path.join(import.meta.dirname, "supervisor.ts");
  const command = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private"];
  const child = spawn("unshare", [...command, "tini", "--", process.execPath, supervisor], {
    detached: true,
    stdio: ["ignore", log, log],
  });
  child.unref();
  const pid = child.pid!;
  await until("namespace", 10, async () => initOf(pid) !== undefined);
  writeFileSync(handle, JSON.stringify({ pid, began: birth(pid) }));
  return initOf(pid)!;
}

/** Id of the first process inside the namespaces of `holder`. */
function initOf(holder: number): number | undefined {
  const children = readFileSync(`/proc/${holder}/task/${holder}/children`, "utf8").trim();
  return children === "" ? undefined : Number(children);
}

/** Removes an image from the node, so that the next pod pulls it again. */
export async function forgetImage(name: string): Promise<void> {
  const init = initOf(holder()!)!;
  const containerd = ["ctr", "--address", "/run/containerd/containerd.sock", "--namespace", "k8s.io"];
  await run("nsenter", ["--target", String(init), "--mount", ...containerd, "images", "remove", name]);
}

async function plugLink(init: number): Promise<void> {
  const inside = (...args: string[]) => run("nsenter", ["--target", String(init), "--net", "ip", ...args]);
  await succeeds("ip", ["link", "delete", link]);
  await until("link", 10, () =>
    succeeds("ip", ["link", "add", link, "type", "veth", "peer", "name", link, "netns", String(init)]),
  );
  await run("ip", ["address", "add", `${hostAddress}/${prefixLength}`, "dev", link]);
  await run("ip", ["link", "set", link, "up"]);
  await inside("address", "add", `${nodeAddress}/${prefixLength}`, "dev", link);
  await inside("link", "set", link, "up");
  // Pods and node reach nothing beyond the machine, but service addresses need a default route to be routable.
  await inside("route", "add", "default", "via", hostAddress);
}

/** Writes how the services are to run; whether that differs from how they were started. */
function describeServices(): boolean {
  const file = inState("services.json");
  const before = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  const now = JSON.stringify(writeServices());
  writeFileSync(file, now, { mode: 0o600 });
  return before !== undefined && before !== now;
}

/** Starts the services that do not run, or all of them anew when another version started them. Else it only checks that all is in place. */
export async function startCluster(): Promise<void> {
  await ensurePki();
  writeAccounts();
  if (describeServices() && isRunning()) {
    say("  the services have changed, and are started anew");
    await stopCluster();
  }
  if (!isRunning()) {
    cleanUp();
    saveSettings();
    for (const cgroup of cgroups()) mkdirSync(cgroup, { recursive: true });
    await plugLink(await openNamespace());
  }
  await until("API server", 90, () =>
    succeeds(path.join(bin, "kubectl"), ["--kubeconfig", kubeconfig, "get", "--raw", "/readyz"]),
  );
  await kubectl(["apply", "--server-side", "-f", "-"], kubeletAccess);
  await until(
    "node",
    90,
    async () =>
      (await kubectl(["get", "node", node, "-o", "jsonpath={.status.conditions[?(@.type=='Ready')].status}"])) ===
      "True",
  );
  await until("object store", 30, async () => {
    await prepareBuckets();
    return true;
  });
  await until("registry", 30, async () => (await fetch(`http://${nodeAddress}:${ports.registry}/v2/`)).ok);
}

/** Allows the API server to read logs and to run commands through the kubelet. */
const kubeletAccess = JSON.stringify({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRoleBinding",
  metadata: { name: "acci-local-kubelet-api" },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:kubelet-api-admin" },
  subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "kube-apiserver" }],
});

function cleanUp(): void {
  for (const cgroup of cgroups()) if (existsSync(cgroup)) removeTree(cgroup);
}

/** Ends every process; their mounts, rules and interfaces end with the namespaces. The data stays. */
export async function stopCluster(): Promise<void> {
  const pid = holder();
  if (pid !== undefined) {
    // Killing the init ends every process of its namespace; its holder then ends by itself and leaves no zombie.
    process.kill(initOf(pid) ?? pid, "SIGKILL");
    await until("processes to end", 30, async () => birth(pid) === undefined);
  }
  await until("control groups to empty", 30, async () => {
    cleanUp();
    return true;
  });
  await succeeds("ip", ["link", "delete", link]);
  rmSync(handle, { force: true });
  restoreSettings();
}

export const authority = () => readFileSync(path.join(pki, "ca.crt"), "utf8");

export interface ServiceStatus {
  readonly name: string;
  readonly running: boolean;
  readonly restarts: number;
}
export const serviceStatus = () => JSON.parse(readFileSync(inState("services-status.json"), "utf8")) as ServiceStatus[];
