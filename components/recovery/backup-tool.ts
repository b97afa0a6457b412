import type * as pulumi from "@pulumi/pulumi";
import { FINAL, TERMINATED } from "../../backup/contract/exit-codes.ts";
import type { Resources } from "../../kubernetes/resources.ts";

/** Arguments of every container with the backup tools. */
export interface ToolArgs {
  /** Image of the tools, by digest. */
  readonly image: pulumi.Input<string>;
  /** Name of the site, in dumps and in the catalogue. */
  readonly site: pulumi.Input<string>;
  readonly resources: Resources;
}

export interface DatabaseArgs {
  readonly host: pulumi.Input<string>;
  readonly name: string;
  /** basic-auth Secret of the role that connects. */
  readonly secret: pulumi.Input<string>;
  readonly caSecret: string;
  /** UID of the database's Cluster. It changes when the database is recreated, which also gives it a new CA. */
  readonly identity: pulumi.Input<string>;
  /** Number of replicas beside the primary. */
  readonly replicas: number;
}

/** A pod that was moved off its node is no failure of the work. */
const MOVED = { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] };

/** A Job that no update waits for: Kubernetes makes another pod where a retry can help. */
export const toolJob = (backoffLimit: number) => ({
  backoffLimit,
  podFailurePolicy: { rules: [MOVED, { action: "FailJob", onExitCodes: { operator: "In", values: [...FINAL] } }] },
});

/**
 * A Job that an update waits for. A provider may recognize a failed Job only when its pods failed too often or its time is over; after
 * other failures, such as that of a pod failure policy, it would wait until its own timeout, or forever. So the first failed pod ends the
 * Job, and the tools retry by themselves ({@link TRIES}). A pod that ran out of memory counts as failed, because the next one would too.
 */
export const awaitedJob = (deadlineSeconds: number) => ({
  backoffLimit: 0,
  activeDeadlineSeconds: deadlineSeconds,
  podFailurePolicy: {
    rules: [MOVED, { action: "Ignore", onExitCodes: { operator: "In", values: [TERMINATED] } }],
  },
});

/**
 * Seconds that the provider waits for the Job: a little longer than the Job's own deadline, because the Job's failure states the reason.
 */
export const waitFor = (deadlineSeconds: number) => deadlineSeconds + 60;

/** Number of tries of the container in an awaited Job. */
export const TRIES = 7;
