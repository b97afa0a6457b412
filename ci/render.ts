/** `node ci/render.ts <stack>`: prints what the application's chart renders for a stack. Needs Helm, but neither a cluster nor secrets. */
import path from "node:path";
import { project } from "../tooling/paths.ts";
import { type Golden, goldenNow, releaseOf } from "./golden.ts";
import { renderChart } from "../tooling/helm.ts";

/** The manifest of the application's release, rendered with the chart in a folder; empty for a stack without that release. */
export function render(golden: Golden, chart: string): string {
  const release = releaseOf(golden);
  if (!release) return "";
  const { name, namespace, values } = release;
  return renderChart(chart, { name: String(name), namespace: String(namespace), values: JSON.stringify(values) });
}

if (import.meta.main) process.stdout.write(render(goldenNow(process.argv[2] ?? "dev"), path.join(project, "helm")));
