import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Rules } from "./alert-rules.ts";
import type { Dashboards } from "./observability/dashboards.ts";
import type { Monitor } from "./observability/monitors.ts";
import { objectLabels } from "../kubernetes/labels.ts";

export interface MonitoringArgs {
  readonly namespace: pulumi.Input<string>;
  /** Labels by which the Prometheus selects rules and monitors. */
  readonly labels: Readonly<Record<string, string>>;
  /** Rules by the name of their file. */
  readonly rules: Readonly<Record<string, Rules>>;
  /** Monitors by what they scrape. */
  readonly monitors: Readonly<Record<string, Monitor>>;
  /** @default - none */
  readonly dashboards?: Dashboards | undefined;
}

/** Monitors, rules and dashboards of the site. The application's own monitor is in its chart. */
export class Monitoring extends pulumi.ComponentResource {
  readonly #name: string;
  readonly #args: MonitoringArgs;

  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("acci:index:Monitoring", name, {}, opts);
    this.#name = name;
    this.#args = args;
    for (const [file, rules] of Object.entries(args.rules)) this.create(`rules-${file}`, "PrometheusRule", rules);
    for (const [target, { kind, spec }] of Object.entries(args.monitors)) this.create(target, kind, spec);
    if (args.dashboards) this.createDashboards(args.dashboards);
    this.registerOutputs({});
  }

  private create(role: string, kind: "PrometheusRule" | Monitor["kind"], spec: object) {
    const { labels, namespace } = this.#args;
    return new k8s.apiextensions.CustomResource(
      `${this.#name}-${role}`,
      {
        apiVersion: "monitoring.coreos.com/v1",
        kind,
        metadata: { namespace, labels: { ...objectLabels("monitoring"), ...labels } },
        spec,
      },
      { parent: this },
    );
  }

  /**
   * One ConfigMap each: together they could exceed what one may hold. With a fixed name, so that a changed one is deleted before it is made
   * again: the sidecar names its file by the key, and would delete the new file with the old ConfigMap.
   */
  private createDashboards({ folder, json, label, namespace = this.#args.namespace }: Dashboards) {
    for (const [dashboard, text] of Object.entries(json))
      new k8s.core.v1.ConfigMap(
        `${this.#name}-dashboard-${dashboard}`,
        {
          metadata: {
            name: pulumi.interpolate`${this.#args.namespace}-dashboard-${dashboard}`,
            namespace,
            labels: { ...objectLabels("monitoring"), [label]: "1" },
            annotations: { grafana_folder: folder },
          },
          data: { [`acci-${dashboard}.json`]: text },
        },
        { parent: this, deleteBeforeReplace: true },
      );
  }
}
