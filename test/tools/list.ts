import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { commandOf } from "../../tooling/command.ts";
import { cache } from "../../tooling/paths.ts";

const make = "run `make tools`";

/** Tools that a test file may need by `@needs <name>`, with the way to get each of them. */
export const TOOLS: Readonly<Record<string, string>> = {
  helm: `${make}, or install Helm 3`,
  // The version that changed the messages for refused values.
  "helm-3.18": `${make}, or install Helm 3.18 or later`,
  schemas: make,
  "kube-score": make,
  "kube-linter": make,
  actionlint: make,
  go: "install Go",
  "redis-server": "install redis-server, version 7",
  "docker-registry": "install docker-registry",
};

/** Whether a tool is there: a program by its variable, in the cache or on the PATH; the schemas of Kubernetes in the cache. */
export function isThere(name: string): boolean {
  if (name === "schemas") return existsSync(process.env["KUBERNETES_SCHEMAS"] ?? path.join(cache, "schemas", "stamp"));
  if (name === "helm-3.18") return isThere("helm") && minorOfHelm() >= 18;
  const command = commandOf(name);
  const folders = path.isAbsolute(command) ? [""] : (process.env["PATH"] ?? "").split(path.delimiter);
  return folders.some((folder) => existsSync(path.join(folder, command)));
}

function minorOfHelm(): number {
  const { stdout } = spawnSync(commandOf("helm"), ["version", "--short"], { encoding: "utf8" });
  return Number(/^v3\.(\d+)\./.exec(stdout)?.[1] ?? 0);
}
