import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";

export interface Dashboards {
  /** Label that the sidecar of Grafana looks for. */
  readonly label: string;
  /** Folder in Grafana. */
  readonly folder: string;
  /** @default - the site's namespace */
  readonly namespace?: pulumi.Input<string> | undefined;
  /** Each dashboard, as Grafana imports it, by name. */
  readonly json: Readonly<Record<string, string>>;
}

/** The dashboards of a folder by the names of their files. */
export function dashboardsIn(folder: string): Record<string, string> {
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return Object.fromEntries(
    files.sort().map((file) => [basename(file, ".json"), readFileSync(join(folder, file), "utf8")]),
  );
}
