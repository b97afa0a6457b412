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
  type Variable,
} from "./backup-tool.ts";

export interface RestorePodArgs extends ToolArgs {
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
  readonly jobs: number;
  /** Whether there is a key to open dumps with. */
  readonly canDecrypt: boolean;
}

const CACHE_FOLDER = "/etc/acci/cache";
const CACHE_CA_FOLDER = "/etc/acci/cache-ca";

/** A pod that runs one command of the tools with all that bringing a dump back takes: store, database, cache and the key of the dumps. */
export function restorePod(command: string, args: RestorePodArgs, env: Variable[] = []) {
  const { cache, canDecrypt, database, jobs } = args;
  const variables = [
    ...databaseVariables(database),
    ...env,
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
    containers: [tool(command, args, variables, mounts)],
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
