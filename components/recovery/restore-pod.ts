import type { Command } from "../../backup/contract/commands.ts";
import { type Grant, jobPod, toolStep } from "./container.ts";
import { cache, type CacheArgs, database, decryptionKey, writerKey } from "./grants.ts";
import { settings } from "./settings.ts";
import type { DatabaseArgs, ToolArgs } from "./backup-tool.ts";

export interface RestorePodArgs extends ToolArgs {
  /** The primary, as the role that restores. */
  readonly database: DatabaseArgs;
  readonly cache: CacheArgs;
  readonly parallelism: number;
  /** Whether there is a key that opens encrypted dumps. */
  readonly canDecrypt: boolean;
}

/** A pod that runs one command of the tools with everything that a restore needs: store, database, cache and decryption key. */
export function restorePod(command: Command, args: RestorePodArgs, request: Grant = {}) {
  const { canDecrypt, parallelism } = args;
  const site = [writerKey, database(args.database), request, settings({ parallelism }), cache(args.cache)];
  return jobPod([toolStep(command, args, [...site, decryptionKey(canDecrypt)])]);
}
