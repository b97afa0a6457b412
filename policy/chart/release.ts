import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseAllDocuments } from "yaml";
import { type Props, propsAt, textAt, UNKNOWN } from "../model/subject.ts";
import { isMap } from "../../tooling/maps.ts";
import { renderChart } from "../../tooling/helm.ts";
import { project } from "../../tooling/paths.ts";

/** The chart's folder; undefined for a chart that is somewhere else, which no rule can look into. */
export function localChart(release: Props): string | undefined {
  const chart = textAt(release, "chart");
  // A chart's path is relative to the program, which the pack lies in.
  const folder = resolve(project, chart);
  return chart !== "" && existsSync(join(folder, "Chart.yaml")) ? folder : undefined;
}

/** Whether a chart's folder belongs to this repository, whose authors can mend it. */
export const isOurs = (folder: string): boolean => !relative(project, folder).startsWith("..");

const rendered = new Map<string, readonly unknown[]>();

/** What a release would apply. Rendered once, as every rule asks for it. */
export function renderedObjects(release: Props): readonly unknown[] {
  const chart = localChart(release);
  if (!chart) return [];
  const values = JSON.stringify(stand(propsAt(release, "values")));
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

/** A chart's schema refuses a digest that is none, so an unknown one needs a stand-in of the right form. */
function stand(value: unknown, key = ""): unknown {
  if (value === UNKNOWN) return key === "digest" ? `sha256:${"0".repeat(64)}` : "unknown";
  if (Array.isArray(value)) return value.map((inner) => stand(inner));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, stand(inner, name)]));
}
