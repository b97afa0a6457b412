import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { METRICS_PORT } from "../../backup/contract/commands.ts";
import type { DatabaseArgs, ToolArgs } from "./backup-tool.ts";
import { objectLabels, WATCH } from "../../kubernetes/labels.ts";
import { WATCH_RESOURCES } from "../../config/sizing.ts";
import { toolPod, toolStep } from "./container.ts";
import { database, producerKey } from "./grants.ts";
import { settings } from "./settings.ts";

export interface WatchArgs extends Omit<ToolArgs, "resources"> {
  readonly namespace: pulumi.Input<string>;
  /** The primary, as a role that may fence the database. */
  readonly database: DatabaseArgs;
  /** Seconds between drills. @default - there are no drills */
  readonly drillEvery?: number | undefined;
  /** Whether dumps are copied to a second store. */
  readonly offsite: boolean;
  /** Seconds for which a sign of life holds. */
  readonly silenceSeconds: number;
}

/**
 * Polls the catalogue. Renews the sign of life while this site is in charge, makes its database read-only once it is not, and serves the
 * age and state of the dumps as metrics.
 */
export class Watch extends pulumi.ComponentResource {
  constructor(name: string, args: WatchArgs, opts?: pulumi.ComponentResourceOptions) {
    super("acci:index:Watch", name, args, opts);
    const metadata = { name: "watch", namespace: args.namespace, labels: objectLabels("watch") };
    new k8s.core.v1.Service(
      name,
      { metadata, spec: { selector: WATCH, ports: [{ name: "metrics", port: METRICS_PORT, targetPort: "metrics" }] } },
      { parent: this },
    );
    new k8s.apps.v1.Deployment(
      name,
      {
        metadata,
        spec: {
          replicas: 1,
          selector: { matchLabels: WATCH },
          template: {
            // The annotation restarts the pod when the database is recreated, because the CA is read only at the start.
            metadata: { labels: objectLabels("watch"), annotations: { "acci.dev/database": args.database.identity } },
            spec: podSpec(args),
          },
        },
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

function podSpec(args: WatchArgs) {
  const { drillEvery: drillEverySeconds, offsite, silenceSeconds } = args;
  const replicas = args.database.replicas || undefined;
  const { container, volumes } = toolStep("watch", { ...args, resources: WATCH_RESOURCES }, [
    producerKey,
    database(args.database),
    settings({ replicas, silenceSeconds, drillEverySeconds, offsite }),
  ]);
  const probe = { httpGet: { path: "/health", port: "metrics" } };
  const served = {
    ...container,
    ports: [{ name: "metrics", containerPort: METRICS_PORT }],
    livenessProbe: { ...probe, periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 6 },
    readinessProbe: { ...probe, periodSeconds: 5, timeoutSeconds: 5 },
    startupProbe: { ...probe, periodSeconds: 2, failureThreshold: 30 },
  };
  return toolPod([{ container: served, volumes }]);
}
