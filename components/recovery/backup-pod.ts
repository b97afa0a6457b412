import type * as pulumi from "@pulumi/pulumi";
import type { Keep } from "../../backup/contract/shapes.ts";
import { jobPod, type Step, toolStep } from "./container.ts";
import { database, decryptionKey, janitorKey, producerKey, work } from "./grants.ts";
import { reference, settings } from "./settings.ts";
import type { DatabaseArgs, ToolArgs } from "./backup-tool.ts";
import { scratchFolder, scratchLogin, scratchServer, type SiteServer } from "./scratch-server.ts";
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
  readonly keep: Keep;
  /** What the application runs, to be run again by whoever restores. */
  readonly applicationImage: pulumi.Input<string>;
  /** Whether there is a key to open dumps with. */
  readonly canDecrypt: boolean;
  readonly scratch: Storage;
}

/** A run: dump, verify and rotate, one after the other, beside a throwaway server that lives as long as the run. */
export const backupPod = (args: BackupPodArgs) => jobPod([scratchServer(args), dump(args), verify(args), rotate(args)]);

function dump(args: BackupPodArgs): Step {
  const { applicationImage, jobs, recipients } = args;
  // A run by hand is made from the same template; only its name differs from those the schedule makes.
  const job = reference("job", { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-name']" } });
  const request = settings({ jobs, recipients, applicationImage });
  return toolStep("dump", args, [work, producerKey, database(args.database), request, { env: [job] }]);
}

function verify(args: BackupPodArgs): Step {
  const { adopt, canDecrypt, jobs, scratch, server } = args;
  const throwaway = [scratchFolder(scratch), scratchLogin(server)];
  const request = settings({ jobs, adopt });
  return toolStep("verify", args, [work, ...throwaway, producerKey, request, decryptionKey(canDecrypt)]);
}

const rotate = (args: BackupPodArgs): Step => toolStep("rotate", args, [janitorKey, settings({ keep: args.keep })]);
