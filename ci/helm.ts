import { spawnSync } from "node:child_process";
import { commandOf } from "../local/lib/paths.ts";

/** A build of helm may know no cluster's version but an ancient one. */
const KUBE_VERSION = "1.34.0";

/** What helm prints, with values on its input. `HELM` names another one than the built one or the one on the path. */
export function helm(args: readonly string[], values: unknown): string {
  const command = commandOf("helm");
  const input = JSON.stringify(values);
  const { error, status, stderr, stdout } = spawnSync(command, [...args, "--kube-version", KUBE_VERSION], {
    encoding: "utf8",
    input,
  });
  if (error)
    throw new Error(`helm: cannot be run as ${command}, got ${error.message}; install Helm 3 or run make tools`);
  if (status !== 0)
    throw new Error(`helm ${args[0]}: exit code ${status}, got ${stderr.trim()}; mend the chart or its values`);
  return stdout;
}
