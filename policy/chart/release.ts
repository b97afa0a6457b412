import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseAllDocuments } from "yaml";
import { isProps, type Props, propsAt, textAt, UNKNOWN } from "../model/subject.ts";
import { helm, KUBE_VERSION } from "./helm.ts";

/** A chart's path is relative to the program, which the pack lies in. */
const PROGRAM = join(import.meta.dirname, "..", "..");

/** The chart's folder; undefined for a chart that is somewhere else, which no rule can look into. */
export function localChart(release: Props): string | undefined {
  const chart = textAt(release, "chart");
  const folder = resolve(PROGRAM, chart);
  return chart !== "" && existsSync(join(folder, "Chart.yaml")) ? folder : undefined;
}

/** Whether a chart's folder belongs to this repository, whose authors can mend it. */
export const isOurs = (folder: string): boolean => !relative(PROGRAM, folder).startsWith("..");

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
  const options = ["--kube-version", KUBE_VERSION, "--namespace", namespace || "default", "--values", "-"];
  const { status, stdout, stderr } = helm(["template", name || "release", chart, ...options], values);
  if (status !== 0) throw new Error(`${chart}: cannot be rendered, got ${stderr.trim()}; run helm template on it`);
  return stdout;
}

const render = (chart: string, release: Props, values: string): readonly unknown[] =>
  parseAllDocuments(manifestOf(chart, release, values))
    .map((document): unknown => document.toJS())
    .filter((manifest) => manifest !== null);

/** A chart's schema refuses a digest that is none, so an unknown one needs a stand-in of the right form. */
function stand(value: unknown, key = ""): unknown {
  if (value === UNKNOWN) return key === "digest" ? `sha256:${"0".repeat(64)}` : "unknown";
  if (Array.isArray(value)) return value.map((inner) => stand(inner));
  if (!isProps(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, stand(inner, name)]));
}
