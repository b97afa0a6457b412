import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { redact, plain, type Props } from "../../serve/values.ts";
import { helm as runHelm } from "../../../../tooling/helm.ts";
import { CommandError } from "../../../../tooling/run.ts";
import { kubeconfigFile, type KubeconfigSource } from "../kubeconfig.ts";

interface Options {
  readonly source: KubeconfigSource;
  readonly signal: AbortSignal;
  /** Passed to helm in a file that only this user can read, removed after the command. */
  readonly values?: Props;
}

/** Runs helm and returns its output. Its error message is Helm's, with the secrets of the values masked. */
export async function helm(args: readonly string[], { source, signal, values }: Options): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "acci-helm-"));
  const keep = async (name: string, content: string) => {
    const file = join(folder, name);
    await writeFile(file, content, { mode: 0o600 });
    return file;
  };
  try {
    const kubeconfig = kubeconfigFile(source.kubeconfig) ?? (await keep("kubeconfig", source.kubeconfig ?? ""));
    const flags = [
      ...["--kubeconfig", kubeconfig],
      ...(source.context ? ["--kube-context", source.context] : []),
      ...(values ? ["--values", await keep("values.json", JSON.stringify(plain(values)))] : []),
    ];
    // On SIGTERM Helm marks the release as failed, or rolls back if it is atomic, instead of leaving it pending.
    return await runHelm([...args, ...flags], { signal });
  } catch (error) {
    // Without its cause, which would show what has just been hidden.
    // eslint-disable-next-line preserve-caught-error
    throw new Error(redact(messageOf(error), values));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function messageOf(error: unknown): string {
  if (error instanceof CommandError) return problemOf(error.stderr) || error.message;
  return error instanceof Error ? error.message : String(error);
}

/** Helm's error message without its warnings, and without "error", which Pulumi prints itself. */
function problemOf(stderr: string): string {
  const lines = stderr
    .split("\n")
    .filter((line) => line && !/^(WARNING|[WI]\d{4}|coalesce\.go|\d{4}\/\d\d\/\d\d.*warning)/i.test(line));
  return lines.join("\n").replace(/^Error: /, "");
}
