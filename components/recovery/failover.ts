import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { awaitedJob, TRIES, waitFor } from "./backup-tool.ts";
import { objectLabels } from "../../kubernetes/labels.ts";
import type { FailoverPolicy } from "./policy.ts";
import { restorePod, type RestorePodArgs } from "./restore-pod.ts";
import { settings } from "./settings.ts";
import { renamed } from "../../engine/renamed.ts";

export interface FailoverArgs extends RestorePodArgs, FailoverPolicy {
  readonly namespace: pulumi.Input<string>;
}

/**
 * Restores the chosen dump as the site's database and makes the site active. A second run finds that done and changes nothing. What
 * depends on this component starts with the restored data or not at all.
 */
export class Failover extends pulumi.ComponentResource {
  readonly job: k8s.batch.v1.Job;

  constructor(name: string, args: FailoverArgs, opts?: pulumi.ComponentResourceOptions) {
    const { hooks, ...inputs } = args;
    super("acci:index:Failover", name, inputs, renamed(opts, { type: "acci:index:Restore", name: "restore" }));
    const { applicationSchema, database, epoch, request: restore } = args;
    const replicas = database.replicas || undefined;
    const request = settings({ restore, tries: TRIES, replicas, epoch, applicationSchema });
    const deadline = args.timeoutMinutes * 60;
    const timeout = waitFor(deadline);
    this.job = new k8s.batch.v1.Job(
      name,
      {
        metadata: {
          // Fixed name, so that the update after a killed one finds the running Job. Two Jobs at once would undo each other's work.
          name: "failover",
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
            metadata: { labels: objectLabels("restore"), annotations: args.annotations },
            spec: restorePod("failover", args, request),
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
