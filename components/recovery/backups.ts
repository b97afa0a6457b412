import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { SECRET_FILES, SECRETS } from "../../backup/contract/files.ts";
import { backupPod, type BackupPodArgs } from "./backup-pod.ts";
import { objectLabels } from "../../kubernetes/labels.ts";
import { createStoreSecrets } from "./store-secrets.ts";
import { toolSchedule } from "./tool-schedule.ts";

export interface BackupsArgs extends BackupPodArgs {
  readonly namespace: pulumi.Input<string>;
}

/**
 * Scheduled dumps. A run dumps, restores the dump into a verification server beside it, compares, and only then publishes it; then it prunes
 * dumps beyond retention. Each step has only the keys that it needs.
 */
export class Backups extends pulumi.ComponentResource {
  readonly cronJob: k8s.batch.v1.CronJob;

  constructor(name: string, args: BackupsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("acci:index:Backups", name, args, opts);
    createStoreSecrets("backup", SECRETS.store, args, { parent: this });
    if (args.identity) this.createIdentity(args.namespace, args.identity);
    this.cronJob = this.createCronJob(name, args);
    this.registerOutputs({});
  }

  private createIdentity(namespace: pulumi.Input<string>, identity: pulumi.Input<string>) {
    // Fixed name, because the pods mount the Secret by it.
    const name = SECRETS.decryptionKey;
    const stringData = { [SECRET_FILES.decryptionKey]: identity };
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
        // Fixed name, because runs by hand are made from this CronJob.
        metadata: { name: "backup", namespace: args.namespace, labels: objectLabels("backup") },
        spec: toolSchedule("backup", args, backupPod(args)),
      },
      { parent: this },
    );
  }
}
