import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { toolJob } from "./backup-tool.ts";
import { objectLabels } from "../../kubernetes/labels.ts";
import { restorePod, type RestorePodArgs } from "./restore-pod.ts";
import { renamed } from "../../engine/renamed.ts";

export interface ToolboxArgs extends RestorePodArgs {
  readonly namespace: pulumi.Input<string>;
}

/**
 * Template of the Jobs that `ops/` makes on demand, such as restoring a dump beside the live database or undoing a restore: a suspended
 * CronJob with everything the tools need. Without it, the keys would have to be on the operator's machine.
 */
export class Toolbox extends pulumi.ComponentResource {
  constructor(name: string, args: ToolboxArgs, opts?: pulumi.ComponentResourceOptions) {
    super("acci:index:Toolbox", name, args, renamed(opts, { type: "acci:index:Tools", name: "tools" }));
    const labels = objectLabels("restore");
    new k8s.batch.v1.CronJob(
      name,
      {
        // Fixed name, because the Jobs are made from this CronJob.
        metadata: { name: "toolbox", namespace: args.namespace, labels },
        spec: {
          suspend: true,
          schedule: "0 0 1 1 *",
          jobTemplate: {
            metadata: { labels },
            spec: {
              ...toolJob(2),
              activeDeadlineSeconds: 24 * 3600,
              ttlSecondsAfterFinished: 4 * 24 * 3600,
              template: { metadata: { labels }, spec: restorePod("list", args) },
            },
          },
        },
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
