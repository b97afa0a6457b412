import { commandOf, notStarted, type Outcome, runSync } from "./command.ts";
import { NotStarted, run, type RunOptions } from "./run.ts";

/** Kubernetes version that charts are rendered for. Without a cluster, a build of Helm may assume a version that a chart refuses. */
export const KUBE_VERSION = "1.34.0";

/** Runs Helm and returns its stdout. A failure is a CommandError, whose `stderr` has Helm's reason. */
export async function helm(args: readonly string[], options: RunOptions = {}): Promise<string> {
  try {
    return await run(commandOf("helm"), args, options);
  } catch (error) {
    if (!(error instanceof NotStarted)) throw error;
    throw new Error(notStarted("helm", error.reason), { cause: error });
  }
}

/** Runs Helm synchronously, for callers such as policy rules. A failure is in the outcome. */
export const helmSync = (args: readonly string[], input?: string): Outcome => runSync("helm", args, input);

export interface RenderedRelease {
  readonly name: string;
  readonly namespace: string;
  /** The values as JSON. */
  readonly values: string;
}

/** The manifests that a release of a chart in a folder would apply, rendered without a cluster. */
export function renderChart(chart: string, { name, namespace, values }: RenderedRelease): string {
  const options = ["--kube-version", KUBE_VERSION, "--namespace", namespace, "--values", "-"];
  const { status, stdout, stderr } = helmSync(["template", name, chart, ...options], values);
  if (status !== 0) throw new Error(`${chart}: cannot be rendered, got ${stderr.trim()}; run helm template on it`);
  return stdout;
}
