import type * as pulumi from "@pulumi/pulumi";
import { FINAL, TERMINATED } from "../../backup/contract/exit-codes.ts";
import type { Resources } from "../../kubernetes/resources.ts";

/** What every container with the backup tools needs. */
export interface ToolArgs {
  /** By digest. */
  readonly image: pulumi.Input<string>;
  /** Name the dumps carry; also what the catalogue knows the site by. */
  readonly site: pulumi.Input<string>;
  readonly resources: Resources;
}

export interface DatabaseArgs {
  readonly host: pulumi.Input<string>;
  readonly name: string;
  /** basic-auth Secret of the role that connects. */
  readonly secret: pulumi.Input<string>;
  readonly caSecret: string;
  /** Another one when it was made anew, with another CA. */
  readonly identity: pulumi.Input<string>;
  /** Beside the primary. */
  readonly replicas: number;
}

/** A pod that was moved off its node says nothing about the work. */
const MOVED = { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] };

/** What nobody waits for but an operator: the Job makes another pod where that can help. */
export const toolJob = (backoffLimit: number) => ({
  backoffLimit,
  podFailurePolicy: { rules: [MOVED, { action: "FailJob", onExitCodes: { operator: "In", values: [...FINAL] } }] },
});

/**
 * What an update waits for. A provider may know no failure of a Job but that its pods failed too often or that its time is over; others,
 * such as that of a policy, it would wait for till its own time is over, or for ever. So the first pod that fails is the end, and the tools try
 * again themselves ({@link TRIES}). A pod that ran out of memory is one that fails: the next would too.
 */
export const awaitedJob = (deadlineSeconds: number) => ({
  backoffLimit: 0,
  activeDeadlineSeconds: deadlineSeconds,
  podFailurePolicy: {
    rules: [MOVED, { action: "Ignore", onExitCodes: { operator: "In", values: [TERMINATED] } }],
  },
});

/** How long the provider waits for it: a little longer than the Job has, which knows better why its time is over. */
export const waitFor = (deadlineSeconds: number) => deadlineSeconds + 60;

/** How often the container of such a Job tries in all. */
export const TRIES = 7;
