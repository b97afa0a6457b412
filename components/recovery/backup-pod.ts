import type * as pulumi from "@pulumi/pulumi";
import {
  type DatabaseArgs,
  databaseMounts,
  databaseVariables,
  databaseVolumes,
  identity,
  mounted,
  secretVolume,
  STORE_FOLDER,
  temporary,
  tool,
  type ToolArgs,
  toolPod,
} from "./backup-tool.ts";
import { SCRATCH, scratchServer, scratchVariables, scratchVolume, type SiteServer } from "./scratch-server.ts";
import type { Storage } from "../../kubernetes/workload.ts";

export interface BackupPodArgs extends ToolArgs {
  /** The primary, which knows of replicas to read from, as a role that reads everything. */
  readonly database: DatabaseArgs;
  /** What the throwaway server must be like. */
  readonly server: SiteServer;
  /** The only other system identifier whose dumps go on from those before: the same database, upgraded in place. */
  readonly adopt?: string | undefined;
  readonly jobs: number;
  readonly recipients: readonly string[];
  readonly keep: Readonly<Record<string, number>>;
  /** What the application runs, to be run again by whoever restores. */
  readonly applicationImage: pulumi.Input<string>;
  /** Whether there is a key to open dumps with. */
  readonly canDecrypt: boolean;
  readonly scratch: Storage;
}

const WORK = { name: "work", mountPath: "/work" };
const PRODUCER = mounted("producer", STORE_FOLDER);

/** A run: dump, prove, rotate, one after the other, beside a throwaway server that lives as long as the run. */
export function backupPod(args: BackupPodArgs) {
  return {
    ...toolPod(),
    restartPolicy: "Never",
    initContainers: [scratchServer(args), dump(args), verify(args)],
    containers: [
      tool(
        "rotate",
        args,
        [{ name: "ACCI_KEEP", value: JSON.stringify(args.keep) }],
        [mounted("janitor", STORE_FOLDER)],
      ),
    ],
    volumes: [
      temporary(),
      { name: "work", emptyDir: { sizeLimit: "16Mi" } },
      scratchVolume(args.scratch),
      secretVolume("producer", "backup-producer"),
      secretVolume("janitor", "backup-janitor"),
      ...databaseVolumes(args.database),
      ...identity(args.canDecrypt).volumes,
    ],
  };
}

const dump = (args: BackupPodArgs) =>
  tool(
    "dump",
    args,
    [
      { name: "ACCI_WORK", value: WORK.mountPath },
      ...databaseVariables(args.database),
      { name: "ACCI_JOBS", value: String(args.jobs) },
      { name: "ACCI_RECIPIENTS", value: args.recipients.join(",") },
      { name: "ACCI_IMAGE", value: args.applicationImage },
      // A run by hand is made from the same template; only its name differs from those the schedule makes.
      { name: "ACCI_JOB", valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-name']" } } },
    ],
    [WORK, PRODUCER, ...databaseMounts()],
  );

const verify = (args: BackupPodArgs) =>
  tool(
    "verify",
    args,
    [
      { name: "ACCI_WORK", value: WORK.mountPath },
      ...scratchVariables(args.server),
      { name: "ACCI_JOBS", value: String(args.jobs) },
      ...(args.adopt === undefined ? [] : [{ name: "ACCI_ADOPT", value: args.adopt }]),
      ...identity(args.canDecrypt).env,
    ],
    [WORK, SCRATCH, PRODUCER, ...identity(args.canDecrypt).mounts],
  );
