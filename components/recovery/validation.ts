import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { awaitedJob, type ToolArgs, TRIES, waitFor } from "./backup-tool.ts";
import { objectLabels } from "../../kubernetes/labels.ts";
import { WATCH_RESOURCES } from "../../config/sizing.ts";
import { jobPod, toolStep } from "./container.ts";
import { certificate, producerKey } from "./grants.ts";
import { settings } from "./settings.ts";

export interface ValidationArgs extends Omit<ToolArgs, "resources"> {
  readonly namespace: pulumi.Input<string>;
  /** Public name of the site. */
  readonly host: string;
  /** Host and port at which the cluster reaches the controller. */
  readonly route: string;
  /** Service of the application. */
  readonly application: string;
  /** Has the certificate that the route must show. */
  readonly tlsSecret: pulumi.Input<string>;
  /** What a takeover is known by: with another one the site is validated again. */
  readonly takeover: Readonly<Record<string, pulumi.Input<string>>>;
  /** Around the Job, to show and to explain it. */
  readonly hooks?: pulumi.ResourceHookBinding;
}

const TIMEOUT_SECONDS = 180;
/** Of the Job: two rounds of what a check may take. */
const DEADLINE_SECONDS = 2 * TIMEOUT_SECONDS;

/** After a takeover: sees /health through the route, /ready and /metrics inside, and that the public does not see the latter. */
export class Validation extends pulumi.ComponentResource {
  readonly job: k8s.batch.v1.Job;

  constructor(name: string, args: ValidationArgs, opts?: pulumi.ComponentResourceOptions) {
    const { hooks, ...inputs } = args;
    super("acci:index:Validation", name, inputs, opts);
    const labels = objectLabels("validation");
    this.job = new k8s.batch.v1.Job(
      name,
      {
        metadata: {
          // Fixed, as that of the restore.
          name: "validation",
          namespace: args.namespace,
          labels,
          annotations: {
            // One that failed is done for; the next update makes another.
            "pulumi.com/replaceUnready": "true",
            "pulumi.com/timeoutSeconds": String(waitFor(DEADLINE_SECONDS)),
          },
        },
        spec: {
          ...awaitedJob(DEADLINE_SECONDS),
          template: { metadata: { labels, annotations: args.takeover }, spec: podSpec(args) },
        },
      },
      {
        parent: this,
        customTimeouts: { create: `${waitFor(DEADLINE_SECONDS)}s` },
        deleteBeforeReplace: true,
        ...(hooks ? { hooks } : {}),
      },
    );
    this.registerOutputs({});
  }
}

function podSpec(args: ValidationArgs) {
  const { application, host, route, tlsSecret } = args;
  return jobPod([
    toolStep("validate", { ...args, resources: WATCH_RESOURCES }, [
      producerKey,
      settings({ tries: TRIES, host, route, application }),
      certificate(tlsSecret),
      settings({ checkSeconds: TIMEOUT_SECONDS }),
    ]),
  ]);
}
