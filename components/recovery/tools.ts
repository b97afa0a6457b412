import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { toolJob } from "./backup-tool.ts";
import { objectLabels } from "../../kubernetes/labels.ts";
import { restorePod, type RestorePodArgs } from "./restore-pod.ts";

export interface ToolsArgs extends RestorePodArgs {
  readonly namespace: pulumi.Input<string>;
}

/**
 * What `ops/` makes Jobs of when somebody asks for a dump beside the live database, or for the way back from a restore: the tools with
 * everything they need, and nothing that runs by itself. Without it those keys would have to be on the operator's machine.
 */
export class Tools extends pulumi.ComponentResource {
  constructor(name: string, args: ToolsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("acci:index:Tools", name, args, opts);
    const labels = objectLabels("restore");
    new k8s.batch.v1.CronJob(
      name,
      {
        // Fixed: the Jobs are made from it.
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
