import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
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
  toolJob,
  toolPod,
} from "../lib/backup-tool";
import { objectLabels } from "../lib/labels";

export interface RestoreArgs extends ToolArgs {
  readonly namespace: pulumi.Input<string>;
  /** The primary, as the role that restores. */
  readonly database: DatabaseArgs;
  readonly cache: {
    readonly host: pulumi.Input<string>;
    readonly user: string;
    /** Has its password. */
    readonly secret: pulumi.Input<string>;
    /** @default - it speaks no TLS */
    readonly caSecret?: pulumi.Input<string>;
  };
  /** Which dump, and what may be done for it (backup/takeover/plan.ts). */
  readonly wish: Readonly<Record<string, unknown>>;
  /** Number the takeover must have. @default - any */
  readonly epoch?: number | undefined;
  /** What a takeover is known by: with another one the Job runs again. */
  readonly takeover: Readonly<Record<string, pulumi.Input<string>>>;
  readonly jobs: number;
  readonly canDecrypt: boolean;
  readonly timeoutMinutes: number;
  /** Around the Job, to show and to explain it. */
  readonly hooks?: pulumi.ResourceHookBinding;
}

/**
 * Brings the chosen dump back as the site's database and puts the site in charge, once: run again it finds that done. Whoever depends on
 * it starts with the restored data or not at all.
 */
export class Restore extends pulumi.ComponentResource {
  readonly job: k8s.batch.v1.Job;

  constructor(name: string, args: RestoreArgs, opts?: pulumi.ComponentResourceOptions) {
    const { hooks, ...inputs } = args;
    super("acci:index:Restore", name, inputs, opts);
    const timeout = `${args.timeoutMinutes}m`;
    this.job = new k8s.batch.v1.Job(
      name,
      {
        metadata: {
          namespace: args.namespace,
          labels: objectLabels("restore"),
          annotations: {
            // One that was refused is done for; the next update makes another.
            "pulumi.com/replaceUnready": "true",
            "pulumi.com/timeoutSeconds": String(args.timeoutMinutes * 60),
          },
        },
        spec: {
          ...toolJob(6),
          template: { metadata: { labels: objectLabels("restore"), annotations: args.takeover }, spec: podSpec(args) },
        },
      },
      {
        parent: this,
        customTimeouts: { create: timeout, update: timeout },
        // Two at once would only wait for each other.
        deleteBeforeReplace: true,
        ...(hooks ? { hooks } : {}),
      },
    );
    this.registerOutputs({});
  }
}

const CACHE_FOLDER = "/etc/acci/cache";
const CACHE_CA_FOLDER = "/etc/acci/cache-ca";

function podSpec(args: RestoreArgs) {
  const { cache, canDecrypt, database, epoch, jobs, wish } = args;
  const env = [
    ...databaseVariables(database),
    { name: "ACCI_RESTORE", value: JSON.stringify(wish) },
    ...(epoch === undefined ? [] : [{ name: "ACCI_EPOCH", value: String(epoch) }]),
    { name: "ACCI_JOBS", value: String(jobs) },
    { name: "ACCI_CACHE_HOST", value: cache.host },
    { name: "ACCI_CACHE_USER", value: cache.user },
    { name: "ACCI_CACHE_PASSWORD_FILE", value: `${CACHE_FOLDER}/password` },
    ...(cache.caSecret ? [{ name: "ACCI_CACHE_CA_FILE", value: `${CACHE_CA_FOLDER}/ca.crt` }] : []),
    ...identity(canDecrypt).env,
  ];
  const mounts = [
    mounted("producer", STORE_FOLDER),
    mounted("cache", CACHE_FOLDER),
    ...(cache.caSecret ? [mounted("cache-ca", CACHE_CA_FOLDER)] : []),
    ...databaseMounts(),
    ...identity(canDecrypt).mounts,
  ];
  return {
    ...toolPod(),
    restartPolicy: "Never",
    containers: [tool("takeover", args, env, mounts)],
    volumes: [
      temporary(),
      secretVolume("producer", "backup-producer"),
      secretVolume("cache", cache.secret, ["password"]),
      ...(cache.caSecret ? [secretVolume("cache-ca", cache.caSecret, ["ca.crt"])] : []),
      ...databaseVolumes(database),
      ...identity(canDecrypt).volumes,
    ],
  };
}
