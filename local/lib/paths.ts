import { existsSync } from "node:fs";
import os from "node:os";
import path from "node:path";

const home = os.homedir();

/** The repository. */
export const project = path.resolve(import.meta.dirname, "../..");

/** What is expensive to make and can be made again: tools, container images, build caches. Survives `make clean`. */
export const cache =
  process.env.ACCI_CACHE ?? path.join(process.env.XDG_CACHE_HOME ?? path.join(home, ".cache"), "acci");

/** The cluster's own data: etcd, containers, volumes, object store, Pulumi state. Removed by `make clean`. */
export const state = process.env.ACCI_HOME ?? "/var/lib/acci";

export const inCache = (...parts: string[]) => path.join(cache, ...parts);
export const inState = (...parts: string[]) => path.join(state, ...parts);

export const bin = inCache("bin");

/** The tool its variable names (`HELM`), the one `make tools` built, or the one on the path; see lib/tool.ts for the program's own. */
export function commandOf(name: string): string {
  const built = path.join(bin, name);
  return process.env[name.toUpperCase()] ?? (existsSync(built) ? built : name);
}
export const pki = inState("pki");
export const logs = inState("log");
export const kubeconfig = inState("kubeconfig", "admin");
