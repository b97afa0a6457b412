export interface Metric {
  readonly name: string;
  readonly help: string;
  /** One value, or values by label. An unknown value is left out. */
  readonly value: number | Readonly<Record<string, number>> | undefined;
  /** @default "status" */
  readonly label?: string;
}

/** A gauge of a site in Prometheus' text format. */
export function textOf({ help, label = "status", name, value }: Metric, site: string): string {
  if (value === undefined) return "";
  const of = JSON.stringify(site);
  const lines =
    typeof value === "number"
      ? [`${name}{site=${of}} ${value}`]
      : Object.entries(value).map(([key, number]) => `${name}{site=${of},${label}=${JSON.stringify(key)}} ${number}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...lines, ""].join("\n");
}
