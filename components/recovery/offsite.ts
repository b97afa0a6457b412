import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { SECRETS } from "../../backup/contract/files.ts";
import type { ToolArgs } from "./backup-tool.ts";
import { objectLabels } from "../../kubernetes/labels.ts";
import { createStoreSecrets } from "./store-secrets.ts";
import type { OffsitePolicy } from "./policy.ts";
import { type ScheduleArgs, toolSchedule } from "./tool-schedule.ts";
import { jobPod, toolStep } from "./container.ts";
import { producerKey, secondJanitorKey, secondProducerKey } from "./grants.ts";
import { settings } from "./settings.ts";

export interface OffsiteArgs extends ToolArgs, ScheduleArgs, OffsitePolicy {
  readonly namespace: pulumi.Input<string>;
}

/**
 * Copies verified dumps to a second store on a schedule, and removes there what its own retention no longer keeps. Apart from the
 * backups, so that a second store that is away takes no dump from the first.
 */
export class Offsite extends pulumi.ComponentResource {
  constructor(name: string, args: OffsiteArgs, opts?: pulumi.ComponentResourceOptions) {
    super("acci:index:Offsite", name, args, opts);
    createStoreSecrets("offsite", SECRETS.secondStore, args, { parent: this });
    new k8s.batch.v1.CronJob(
      name,
      {
        // Fixed: a run by hand is made from it.
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
    toolStep("copy", args, [producerKey, secondProducerKey, retention, lock]),
    toolStep("rotate", args, [secondJanitorKey, retention]),
  ]);
}
