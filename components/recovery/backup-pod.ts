import type * as pulumi from "@pulumi/pulumi";
import { jobPod, type Step, toolStep } from "./container.ts";
import { database, decryptionKey, prunerKey, writerKey, work } from "./grants.ts";
import { reference, settings } from "./settings.ts";
import type { DatabaseArgs, ToolArgs } from "./backup-tool.ts";
import type { BackupPolicy } from "./policy.ts";
import { verificationFolder, verificationLogin, verificationServer, type SiteServer } from "./verification-server.ts";

export interface BackupPodArgs extends ToolArgs, BackupPolicy {
  /** The primary, as a role that reads everything. Replicas to read from are found through it. */
  readonly database: DatabaseArgs;
  /** The site's server, which the verification server is made to resemble. */
  readonly server: SiteServer;
  /** Tables that are read or restored at the same time. */
  readonly parallelism: number;
  /** Image of the application, recorded in the dump so that a restored site can run the same. */
  readonly applicationImage: pulumi.Input<string>;
}

/** A run: dump, verify and prune, one after the other, beside a verification server that lives as long as the run. */
export const backupPod = (args: BackupPodArgs) =>
  jobPod([verificationServer(args), dump(args), verify(args), prune(args)]);

function dump(args: BackupPodArgs): Step {
  const { applicationImage, parallelism, recipients } = args;
  // Name of the Job, from its label: runs by hand come from the same template, and only their names differ.
  const job = reference("job", { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-name']" } });
  const request = settings({ parallelism, recipients, applicationImage });
  return toolStep("dump", args, [work, writerKey, database(args.database), request, { env: [job] }]);
}

function verify(args: BackupPodArgs): Step {
  const { adopt, identity, parallelism, server, verification } = args;
  const restoreServer = [verificationFolder(verification), verificationLogin(server)];
  const request = settings({ parallelism, adopt });
  return toolStep("verify", args, [work, ...restoreServer, writerKey, request, decryptionKey(identity !== undefined)]);
}

const prune = (args: BackupPodArgs): Step => toolStep("prune", args, [prunerKey, settings({ keep: args.keep })]);
