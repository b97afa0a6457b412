import { ask, show } from "./kubectl.ts";
import { release, type Site } from "./site.ts";

/** One pod of the application that runs. */
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
 * A shell beside the application, whose own image has none: an ephemeral container of the same user that shares its processes
 * and sees its files under /proc/1/root. A command is run instead of the shell when there is one; `SHELL_IMAGE` is another tool box.
 */
export async function shell(site: Site, command: readonly string[]): Promise<void> {
  const interactive = command.length === 0;
  await show(site, [
    "debug",
    await runningPod(site),
    `--image=${process.env["SHELL_IMAGE"] ?? "docker.io/library/busybox:latest"}`,
    "--target=acci",
    // What the namespace's Pod Security demands; the user is the pod's.
    "--profile=restricted",
    "--quiet",
    ...(interactive ? ["--stdin", ...(process.stdin.isTTY ? ["--tty"] : [])] : ["--attach"]),
    "--",
    ...(interactive ? ["sh"] : command),
  ]);
}
