import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { METRICS_PORT } from "../../backup/contract/commands.ts";
import type { DatabaseArgs, ToolArgs } from "./backup-tool.ts";
import { objectLabels, BACKUP_AGENT } from "../../kubernetes/labels.ts";
import { AGENT_RESOURCES } from "../../config/sizing.ts";
import { toolPod, toolStep } from "./container.ts";
import { database, writerKey } from "./grants.ts";
import { settings } from "./settings.ts";
import { renamed } from "../../engine/renamed.ts";

export interface BackupAgentArgs extends Omit<ToolArgs, "resources"> {
  readonly namespace: pulumi.Input<string>;
  /** The primary, as a role that may make the database read-only. */
  readonly database: DatabaseArgs;
  /** Folder that the database archives to. @default - there is no archive */
  readonly archiveServer?: string | undefined;
  /** Seconds between drills. @default - there are no drills */
  readonly drillEvery?: number | undefined;
  /** Whether dumps are copied to a second store. */
  readonly offsite: boolean;
  /** Seconds for which a heartbeat holds. */
  readonly heartbeatTimeoutSeconds: number;
}

/**
 * Polls the catalogue. Renews the heartbeat while this site is active, makes its database read-only once it is not, and serves the
 * age and state of the dumps as metrics.
 */
export class BackupAgent extends pulumi.ComponentResource {
  constructor(name: string, args: BackupAgentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("acci:index:BackupAgent", name, args, renamed(opts, { type: "acci:index:Watch", name: "watch" }));
    const metadata = { name: "backup-agent", namespace: args.namespace, labels: objectLabels("backup-agent") };
    new k8s.core.v1.Service(
      name,
      {
        metadata,
        spec: { selector: BACKUP_AGENT, ports: [{ name: "metrics", port: METRICS_PORT, targetPort: "metrics" }] },
      },
      { parent: this },
    );
    new k8s.apps.v1.Deployment(
      name,
      {
        metadata,
        spec: {
          replicas: 1,
          selector: { matchLabels: BACKUP_AGENT },
          template: {
            // The annotation restarts the pod when the database is recreated, because the CA is read only at the start.
            metadata: {
              labels: objectLabels("backup-agent"),
              annotations: { "acci.dev/database": args.database.identity },
            },
            spec: podSpec(args),
          },
        },
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

function podSpec(args: BackupAgentArgs) {
  const { archiveServer, drillEvery: drillEverySeconds, heartbeatTimeoutSeconds, offsite } = args;
  const replicas = args.database.replicas || undefined;
  const { container, volumes } = toolStep("agent", { ...args, resources: AGENT_RESOURCES }, [
    writerKey,
    database(args.database),
    settings({ replicas, archiveServer, heartbeatTimeoutSeconds, drillEverySeconds, offsite }),
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
