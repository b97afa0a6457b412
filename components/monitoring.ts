import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Rules } from "./alert-rules.ts";
import { objectLabels, WATCH } from "../kubernetes/labels.ts";

export interface MonitoringArgs {
  readonly namespace: pulumi.Input<string>;
  /** Labels by which the Prometheus selects rules and monitors. */
  readonly labels: Readonly<Record<string, string>>;
  /** Scrape interval, such as `30s`. */
  readonly interval: string;
  /** Alert rules by the name of their file. */
  readonly rules: Readonly<Record<string, Rules>>;
}

/** ServiceMonitor and PrometheusRules for what watches the dumps. The application's own monitor is in its chart. */
export class Monitoring extends pulumi.ComponentResource {
  readonly #name: string;
  readonly #args: MonitoringArgs;

  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("acci:index:Monitoring", name, args, opts);
    this.#name = name;
    this.#args = args;
    for (const [file, rules] of Object.entries(args.rules)) this.create(`rules-${file}`, "PrometheusRule", rules);
    this.create("watch", "ServiceMonitor", {
      selector: { matchLabels: WATCH },
      endpoints: [{ port: "metrics", path: "/metrics", interval: args.interval }],
    });
    this.registerOutputs({});
  }

  private create(role: string, kind: "PrometheusRule" | "ServiceMonitor", spec: object) {
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
}
