import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { backupPod, type BackupPodArgs } from "../lib/backup-pod";
import { toolJob } from "../lib/backup-tool";
import { objectLabels } from "../lib/labels";
import { fileOf, type StoreArgs, type StoreKey } from "../lib/store-settings";

export interface BackupsArgs extends Omit<BackupPodArgs, "canDecrypt"> {
  readonly namespace: pulumi.Input<string>;
  readonly schedule: string;
  readonly timeZone: string;
  readonly deadlineMinutes: number;
  readonly store: StoreArgs;
  /** Keys of the store, secret. @default - the Secrets `backup-producer` and `backup-janitor` are made by someone else */
  readonly keys?: pulumi.Input<{ readonly producer: StoreKey; readonly janitor: StoreKey }>;
  /** age secret key, secret. @default - dumps are not encrypted */
  readonly identity?: pulumi.Input<string>;
}

/**
 * Dumps on a schedule. A run dumps, restores the dump into a throwaway server beside it, compares, and only then publishes it; then it
 * removes what retention no longer keeps. Each step has the keys it needs and no others.
 */
export class Backups extends pulumi.ComponentResource {
  readonly cronJob: k8s.batch.v1.CronJob;

  constructor(name: string, args: BackupsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("acci:index:Backups", name, args, opts);
    if (args.keys) {
      const keys = pulumi.output(args.keys);
      this.createSecret(
        "backup-producer",
        args.namespace,
        keys.apply(({ producer }) => fileOf(args.store, producer)),
      );
      this.createSecret(
        "backup-janitor",
        args.namespace,
        keys.apply(({ janitor }) => fileOf(args.store, janitor)),
      );
    }
    if (args.identity) this.createSecret("backup-identity", args.namespace, { identity: args.identity });
    this.cronJob = this.createCronJob(name, args);
    this.registerOutputs({});
  }

  /** Fixed name: the pods, and whoever makes it in our place, know it by that. */
  private createSecret(
    name: string,
    namespace: pulumi.Input<string>,
    stringData: pulumi.Input<Record<string, pulumi.Input<string>>>,
  ) {
    return new k8s.core.v1.Secret(
      name,
      { metadata: { name, namespace, labels: objectLabels("backup") }, stringData },
      { parent: this },
    );
  }

  private createCronJob(name: string, args: BackupsArgs) {
    return new k8s.batch.v1.CronJob(
      name,
      {
        // Fixed: a run by hand is made from it.
        metadata: { name: "backup", namespace: args.namespace, labels: objectLabels("backup") },
        spec: {
          schedule: args.schedule,
          timeZone: args.timeZone,
          concurrencyPolicy: "Forbid",
          startingDeadlineSeconds: 3600,
          successfulJobsHistoryLimit: 3,
          failedJobsHistoryLimit: 5,
          jobTemplate: { metadata: { labels: objectLabels("backup") }, spec: jobSpec(args) },
        },
      },
      { parent: this },
    );
  }
}

function jobSpec(args: BackupsArgs) {
  return {
    ...toolJob(2),
    activeDeadlineSeconds: args.deadlineMinutes * 60,
    // Kept as long as a weekend, for whoever looks on Monday.
    ttlSecondsAfterFinished: 4 * 24 * 3600,
    template: {
      metadata: { labels: objectLabels("backup") },
      spec: backupPod({ ...args, canDecrypt: args.identity !== undefined }),
    },
  };
}
