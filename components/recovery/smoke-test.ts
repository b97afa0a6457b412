import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { awaitedJob, type ToolArgs, TRIES, waitFor } from "./backup-tool.ts";
import { objectLabels } from "../../kubernetes/labels.ts";
import { AGENT_RESOURCES } from "../../config/sizing.ts";
import { jobPod, toolStep } from "./container.ts";
import { certificate, writerKey } from "./grants.ts";
import { settings } from "./settings.ts";
import { renamed } from "../../engine/renamed.ts";

export interface SmokeTestArgs extends Omit<ToolArgs, "resources"> {
  readonly namespace: pulumi.Input<string>;
  /** Public name of the site. */
  readonly host: string;
  /** Host and port at which the cluster reaches the controller. */
  readonly route: string;
  /** Service of the application. */
  readonly application: string;
  /** Secret with the certificate that the route must present. */
  readonly tlsSecret: pulumi.Input<string>;
  /** Annotations that identify the failover. When they change, the site is validated again. */
  readonly annotations: Readonly<Record<string, pulumi.Input<string>>>;
  /** Hooks of the Job, which show its progress and explain a failure. */
  readonly hooks?: pulumi.ResourceHookBinding;
}

const TIMEOUT_SECONDS = 180;
/** Deadline of the Job: twice the time that its checks may take. */
const DEADLINE_SECONDS = 2 * TIMEOUT_SECONDS;

/**
 * Validates the site after a failover: /health through the route, /ready and /metrics inside the cluster, and that the public cannot read
 * /metrics.
 */
export class SmokeTest extends pulumi.ComponentResource {
  readonly job: k8s.batch.v1.Job;

  constructor(name: string, args: SmokeTestArgs, opts?: pulumi.ComponentResourceOptions) {
    const { hooks, ...inputs } = args;
    super("acci:index:SmokeTest", name, inputs, renamed(opts, { type: "acci:index:Validation", name: "validation" }));
    const labels = objectLabels("smoke-test");
    this.job = new k8s.batch.v1.Job(
      name,
      {
        metadata: {
          // Fixed name, so that the update after a killed one finds the running Job.
          name: "smoke-test",
          namespace: args.namespace,
          labels,
          annotations: {
            // A failed Job stays failed; the next update replaces it.
            "pulumi.com/replaceUnready": "true",
            "pulumi.com/timeoutSeconds": String(waitFor(DEADLINE_SECONDS)),
          },
        },
        spec: {
          ...awaitedJob(DEADLINE_SECONDS),
          template: { metadata: { labels, annotations: args.annotations }, spec: podSpec(args) },
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

function podSpec(args: SmokeTestArgs) {
  const { application, host, route, tlsSecret } = args;
  return jobPod([
    toolStep("smoke-test", { ...args, resources: AGENT_RESOURCES }, [
      writerKey,
      settings({ tries: TRIES, host, route, application }),
      certificate(tlsSecret),
      settings({ checkSeconds: TIMEOUT_SECONDS }),
    ]),
  ]);
}
