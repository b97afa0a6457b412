import { parser } from "@prometheus-io/lezer-promql";

export interface Parsed {
  /** Texts that are not PromQL. Empty for a query that is. */
  readonly errors: readonly string[];
  /** Names of the metrics it asks for. */
  readonly metrics: readonly string[];
}

/** Grafana's variables, as Grafana fills them in. */
const VARIABLES: Readonly<Record<string, string>> = {
  $namespace: "acci-prod",
  $__rate_interval: "2m",
  $__range: "6h",
};

export const withValues = (expr: string): string =>
  Object.entries(VARIABLES).reduce((text, [name, value]) => text.replaceAll(name, value), expr);

/** Parses a query with the grammar of Prometheus' own page. */
export function parse(expr: string): Parsed {
  const text = withValues(expr);
  const errors: string[] = [];
  const metrics: string[] = [];
  parser.parse(text).iterate({
    enter({ from, name, node, to }) {
      if (node.type.isError) errors.push(`at ${from}: ${text.slice(Math.max(0, from - 20), to + 20)}`);
      if (name === "Identifier" && node.parent?.name === "VectorSelector") metrics.push(text.slice(from, to));
    },
  });
  return { errors, metrics: [...new Set(metrics)] };
}
