import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { mounted, secretVolume, STORE_FOLDER, temporary, tool, type ToolArgs, toolPod } from "./backup-tool.ts";
import { objectLabels } from "../../kubernetes/labels.ts";
import { createStoreSecrets, type StoreKeys } from "./store-secrets.ts";
import type { StoreArgs } from "./store-settings.ts";
import { type ScheduleArgs, toolSchedule } from "./tool-schedule.ts";

export interface OffsiteArgs extends ToolArgs, ScheduleArgs {
  readonly namespace: pulumi.Input<string>;
  readonly store: StoreArgs;
  /** Keys of the second store, secret. @default - the Secrets `offsite-producer` and `offsite-janitor` are made by someone else */
  readonly keys?: pulumi.Input<StoreKeys>;
  readonly keep: Readonly<Record<string, number>>;
  /** @default - what is copied is not locked */
  readonly lockDays?: number;
  readonly lockMode: "governance" | "compliance";
}

/**
 * Copies verified dumps to a second store on a schedule, and removes there what its own retention no longer keeps. Apart from the
 * backups, so that a second store that is away takes no dump from the first.
 */
export class Offsite extends pulumi.ComponentResource {
  constructor(name: string, args: OffsiteArgs, opts?: pulumi.ComponentResourceOptions) {
    super("acci:index:Offsite", name, args, opts);
    createStoreSecrets("offsite", args, { parent: this });
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

const SECOND_FOLDER = "/etc/acci/second-store";

function podSpec(args: OffsiteArgs) {
  const keep = { name: "ACCI_KEEP", value: JSON.stringify(args.keep) };
  const lock = [
    { name: "ACCI_LOCK_DAYS", value: String(args.lockDays) },
    { name: "ACCI_LOCK_MODE", value: args.lockMode },
  ];
  const copyEnv = [{ name: "ACCI_SECOND_STORE", value: SECOND_FOLDER }, keep, ...(args.lockDays ? lock : [])];
  const copyMounts = [mounted("producer", STORE_FOLDER), mounted("second-producer", SECOND_FOLDER)];
  return {
    ...toolPod(),
    restartPolicy: "Never",
    initContainers: [tool("copy", args, copyEnv, copyMounts)],
    containers: [tool("rotate", args, [keep], [mounted("second-janitor", STORE_FOLDER)])],
    volumes: [
      temporary(),
      secretVolume("producer", "backup-producer"),
      secretVolume("second-producer", "offsite-producer"),
      secretVolume("second-janitor", "offsite-janitor"),
    ],
  };
}
