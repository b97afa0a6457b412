import type * as pulumi from "@pulumi/pulumi";
import { jobPod, type Step, toolStep } from "./container.ts";
import { database, decryptionKey, janitorKey, producerKey, work } from "./grants.ts";
import { reference, settings } from "./settings.ts";
import type { DatabaseArgs, ToolArgs } from "./backup-tool.ts";
import type { BackupPolicy } from "./policy.ts";
import { scratchFolder, scratchLogin, scratchServer, type SiteServer } from "./scratch-server.ts";

export interface BackupPodArgs extends ToolArgs, BackupPolicy {
  /** The primary, as a role that reads everything. Replicas to read from are found through it. */
  readonly database: DatabaseArgs;
  /** The site's server, which the throwaway server is made to resemble. */
  readonly server: SiteServer;
  /** Tables that are read or restored at the same time. */
  readonly jobs: number;
  /** Image of the application, recorded in the dump so that a restored site can run the same. */
  readonly applicationImage: pulumi.Input<string>;
}

/** A run: dump, verify and rotate, one after the other, beside a throwaway server that lives as long as the run. */
export const backupPod = (args: BackupPodArgs) => jobPod([scratchServer(args), dump(args), verify(args), rotate(args)]);

function dump(args: BackupPodArgs): Step {
  const { applicationImage, jobs, recipients } = args;
  // Name of the Job, from its label: runs by hand come from the same template, and only their names differ.
  const job = reference("job", { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-name']" } });
  const request = settings({ jobs, recipients, applicationImage });
  return toolStep("dump", args, [work, producerKey, database(args.database), request, { env: [job] }]);
}

function verify(args: BackupPodArgs): Step {
  const { adopt, identity, jobs, scratch, server } = args;
  const throwaway = [scratchFolder(scratch), scratchLogin(server)];
  const request = settings({ jobs, adopt });
  return toolStep("verify", args, [work, ...throwaway, producerKey, request, decryptionKey(identity !== undefined)]);
}

const rotate = (args: BackupPodArgs): Step => toolStep("rotate", args, [janitorKey, settings({ keep: args.keep })]);
