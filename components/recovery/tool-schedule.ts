import type { types } from "@pulumi/kubernetes";
import { toolJob } from "./backup-tool.ts";
import { objectLabels } from "../../kubernetes/labels.ts";

/** When a run begins, and how long it may take. */
export interface ScheduleArgs {
  /** Cron expression. */
  readonly schedule: string;
  readonly timeZone: string;
  readonly deadlineMinutes: number;
}

/** A CronJob of the tools: one run at a time, retried only where that can help. `name` is its label. */
export const toolSchedule = (
  name: string,
  { deadlineMinutes, schedule, timeZone }: ScheduleArgs,
  pod: types.input.core.v1.PodSpec,
): types.input.batch.v1.CronJobSpec => ({
  schedule,
  timeZone,
  concurrencyPolicy: "Forbid",
  startingDeadlineSeconds: 3600,
  successfulJobsHistoryLimit: 3,
  failedJobsHistoryLimit: 5,
  jobTemplate: {
    metadata: { labels: objectLabels(name) },
    spec: {
      ...toolJob(2),
      activeDeadlineSeconds: deadlineMinutes * 60,
      // Longer than a weekend, so that a failed run can be inspected on Monday.
      ttlSecondsAfterFinished: 4 * 24 * 3600,
      template: { metadata: { labels: objectLabels(name) }, spec: pod },
    },
  },
});
