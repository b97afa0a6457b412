import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { awaitedJob, TRIES, waitFor } from "./backup-tool.ts";
import { objectLabels } from "../../kubernetes/labels.ts";
import type { RestorePolicy } from "./policy.ts";
import { restorePod, type RestorePodArgs } from "./restore-pod.ts";
import { settings } from "./settings.ts";

export interface RestoreArgs extends RestorePodArgs, RestorePolicy {
  readonly namespace: pulumi.Input<string>;
}

/**
 * Restores the chosen dump as the site's database and puts the site in charge. A second run finds that done and changes nothing. What
 * depends on this component starts with the restored data or not at all.
 */
export class Restore extends pulumi.ComponentResource {
  readonly job: k8s.batch.v1.Job;

  constructor(name: string, args: RestoreArgs, opts?: pulumi.ComponentResourceOptions) {
    const { hooks, ...inputs } = args;
    super("acci:index:Restore", name, inputs, opts);
    const { database, epoch, wish: restore } = args;
    const request = settings({ restore, tries: TRIES, replicas: database.replicas || undefined, epoch });
    const deadline = args.timeoutMinutes * 60;
    const timeout = waitFor(deadline);
    this.job = new k8s.batch.v1.Job(
      name,
      {
        metadata: {
          // Fixed name, so that the update after a killed one finds the running Job. Two Jobs at once would undo each other's work.
          name: "restore",
          namespace: args.namespace,
          labels: objectLabels("restore"),
          annotations: {
            // A failed Job stays failed; the next update replaces it.
            "pulumi.com/replaceUnready": "true",
            "pulumi.com/timeoutSeconds": String(timeout),
          },
        },
        spec: {
          ...awaitedJob(deadline),
          template: {
            metadata: { labels: objectLabels("restore"), annotations: args.takeover },
            spec: restorePod("takeover", args, request),
          },
        },
      },
      {
        parent: this,
        customTimeouts: { create: `${timeout}s`, update: `${timeout}s` },
        deleteBeforeReplace: true,
        ...(hooks ? { hooks } : {}),
      },
    );
    this.registerOutputs({});
  }
}
