import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { SECRETS } from "../../backup/contract/files.ts";
import type { ToolArgs } from "./backup-tool.ts";
import { objectLabels } from "../../kubernetes/labels.ts";
import { createStoreSecrets } from "./store-secrets.ts";
import type { OffsitePolicy } from "./policy.ts";
import { type ScheduleArgs, toolSchedule } from "./tool-schedule.ts";
import { jobPod, toolStep } from "./container.ts";
import { writerKey, secondPrunerKey, secondWriterKey } from "./grants.ts";
import { settings } from "./settings.ts";

export interface OffsiteArgs extends ToolArgs, ScheduleArgs, OffsitePolicy {
  readonly namespace: pulumi.Input<string>;
}

/**
 * Copies verified dumps to a second store on a schedule, and prunes them there by that store's own retention. Separate from the backups,
 * so that a failing second store does not stop dumps to the first.
 */
export class Offsite extends pulumi.ComponentResource {
  constructor(name: string, args: OffsiteArgs, opts?: pulumi.ComponentResourceOptions) {
    super("acci:index:Offsite", name, args, opts);
    createStoreSecrets("offsite", SECRETS.secondStore, args, { parent: this });
    new k8s.batch.v1.CronJob(
      name,
      {
        // Fixed name, because runs by hand are made from this CronJob.
        metadata: { name: "offsite", namespace: args.namespace, labels: objectLabels("offsite") },
        spec: toolSchedule("offsite", args, podSpec(args)),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

function podSpec(args: OffsiteArgs) {
  const { keep, lockDays, lockMode } = args;
  const retention = settings({ keep });
  const lock = lockDays ? settings({ lockDays, lockMode }) : {};
  return jobPod([
    toolStep("copy", args, [writerKey, secondWriterKey, retention, lock]),
    toolStep("prune", args, [secondPrunerKey, retention]),
  ]);
}
