import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { toolJob } from "./backup-tool.ts";
import { objectLabels } from "../../kubernetes/labels.ts";
import { restorePod, type RestorePodArgs } from "./restore-pod.ts";

export interface ToolsArgs extends RestorePodArgs {
  readonly namespace: pulumi.Input<string>;
}

/**
 * Template of the Jobs that `ops/` makes on demand, such as restoring a dump beside the live database or undoing a restore: a suspended
 * CronJob with everything the tools need. Without it, the keys would have to be on the operator's machine.
 */
export class Tools extends pulumi.ComponentResource {
  constructor(name: string, args: ToolsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("acci:index:Tools", name, args, opts);
    const labels = objectLabels("restore");
    new k8s.batch.v1.CronJob(
      name,
      {
        // Fixed name, because the Jobs are made from this CronJob.
        metadata: { name: "tools", namespace: args.namespace, labels },
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
