import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseAllDocuments } from "yaml";
import { type Props, propsAt, textAt, UNKNOWN } from "../model/judged-resource.ts";
import { isMap } from "../../tooling/maps.ts";
import { renderChart } from "../../tooling/helm.ts";
import { project } from "../../tooling/paths.ts";

/** The chart's folder; undefined for a chart that is not on this disk, which no rule can look into. */
export function localChart(release: Props): string | undefined {
  const chart = textAt(release, "chart");
  // A chart's path is relative to the program, and the pack lies in the program's folder.
  const folder = resolve(project, chart);
  return chart !== "" && existsSync(join(folder, "Chart.yaml")) ? folder : undefined;
}

/** Whether a chart's folder belongs to this repository, so that its authors can fix it. */
export const isOurs = (folder: string): boolean => !relative(project, folder).startsWith("..");

const rendered = new Map<string, readonly unknown[]>();

/** The objects that a release would apply. They are rendered once and kept, because every rule asks for them. */
export function renderedObjects(release: Props): readonly unknown[] {
  const chart = localChart(release);
  if (!chart) return [];
  const values = JSON.stringify(withPlaceholders(propsAt(release, "values")));
  const key = `${chart} ${textAt(release, "name")} ${values}`;
  const known = rendered.get(key) ?? render(chart, release, values);
  rendered.set(key, known);
  return known;
}

export function manifestOf(chart: string, release: Props, values: string): string {
  const [name, namespace] = ["name", "namespace"].map((field) => textAt(release, field).replace(UNKNOWN, "unknown"));
  return renderChart(chart, { name: name || "release", namespace: namespace || "default", values });
}

const render = (chart: string, release: Props, values: string): readonly unknown[] =>
  parseAllDocuments(manifestOf(chart, release, values))
    .map((document): unknown => document.toJS())
    .filter((manifest) => manifest !== null);

/** Replaces unknown values. A chart's schema refuses an invalid digest, so an unknown digest gets a stand-in of the right form. */
function withPlaceholders(value: unknown, key = ""): unknown {
  if (value === UNKNOWN) return key === "digest" ? `sha256:${"0".repeat(64)}` : "unknown";
  if (Array.isArray(value)) return value.map((inner) => withPlaceholders(inner));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withPlaceholders(inner, name)]));
}
