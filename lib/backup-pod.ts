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
} from "./backup-tool";
import { claimOf, containerSecurity, type Storage } from "./workload";

export interface BackupPodArgs extends ToolArgs {
  /** A replica, when there is one, as a role that reads everything. */
  readonly database: DatabaseArgs;
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
const SCRATCH = { name: "scratch", mountPath: "/scratch" };
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
      { name: "scratch", ephemeral: { volumeClaimTemplate: { spec: claimOf(args.scratch) } } },
      secretVolume("producer", "backup-producer"),
      secretVolume("janitor", "backup-janitor"),
      ...databaseVolumes(args.database),
      ...identity(args.canDecrypt).volumes,
    ],
  };
}

/** Postgres for the proof alone, reached through a socket: nobody else can. */
function scratchServer({ image, resources }: BackupPodArgs) {
  const answers = { exec: { command: ["pg_isready", "-h", SCRATCH.mountPath] } };
  return {
    name: "scratch",
    image,
    // A sidecar: it starts before the steps and is stopped after them.
    restartPolicy: "Always",
    command: ["/app/backup/scratch.sh"],
    env: [{ name: "SCRATCH", value: SCRATCH.mountPath }],
    resources,
    securityContext: containerSecurity(),
    startupProbe: { ...answers, periodSeconds: 1, failureThreshold: 120 },
    readinessProbe: { ...answers, periodSeconds: 10, timeoutSeconds: 10 },
    // A proof that keeps both processors busy is no reason to end it.
    livenessProbe: { ...answers, periodSeconds: 30, timeoutSeconds: 10, failureThreshold: 10 },
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }, SCRATCH],
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
      { name: "PGHOST", value: SCRATCH.mountPath },
      { name: "PGDATABASE", value: "postgres" },
      { name: "PGUSER", value: "postgres" },
      { name: "ACCI_JOBS", value: String(args.jobs) },
      ...identity(args.canDecrypt).env,
    ],
    [WORK, SCRATCH, PRODUCER, ...identity(args.canDecrypt).mounts],
  );
