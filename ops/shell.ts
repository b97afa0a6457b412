import { randomBytes } from "node:crypto";
import { ask, show } from "./kubectl.ts";
import { release, type Site } from "./site.ts";

/** Name of a running pod of the application. */
async function runningPod(site: Site): Promise<string> {
  const found = await ask(site, [
    "get",
    "pods",
    `--selector=app.kubernetes.io/name=${release}`,
    "--field-selector=status.phase=Running",
    "--output=name",
  ]);
  const [pod] = found.split("\n").filter(Boolean);
  if (pod === undefined)
    throw new Error(
      `application of ${site.stack}: has no running pod in namespace ${site.namespace}; see \`make logs\``,
    );
  return pod;
}

/**
 * Opens a shell beside the application, whose image has none: an ephemeral container of the same user that shares its processes and sees
 * its files under /proc/1/root. A command is run in place of the shell; `SHELL_IMAGE` names another image.
 */
export async function shell(site: Site, command: readonly string[]): Promise<void> {
  const pod = await runningPod(site);
  const debug = [
    "debug",
    pod,
    `--image=${process.env["SHELL_IMAGE"] ?? "docker.io/library/busybox:latest"}`,
    "--target=acci",
    // The namespace's Pod Security demands this profile; the user is the pod's.
    "--profile=restricted",
    "--quiet",
  ];
  if (command.length > 0) return runCommand(site, pod, debug, command);
  await show(site, [...debug, "--stdin", ...(process.stdin.isTTY ? ["--tty"] : []), "--", "sh"]);
}

/** Runs a command and prints its log, because kubectl attaches too late to a command that ends at once, and shows nothing. */
async function runCommand(site: Site, pod: string, debug: readonly string[], command: readonly string[]) {
  const name = `shell-${randomBytes(4).toString("hex")}`;
  const status = (field: string) => `jsonpath={.status.ephemeralContainerStatuses[?(@.name=="${name}")]${field}}`;
  await ask(site, [...debug, `--container=${name}`, "--", ...command]);
  await ask(site, ["wait", pod, `--for=${status(".containerID")}`, "--timeout=120s"]);
  await show(site, ["logs", pod, `--container=${name}`, "--follow"]);
  await ask(site, ["wait", pod, `--for=${status(".state.terminated")}`, "--timeout=60s"]);
  const code = await ask(site, ["get", pod, `--output=${status(".state.terminated.exitCode")}`]);
  if (code !== "0") throw new Error(`${command.join(" ")}: ended with exit code ${code}`);
}
