/** Of monitors, rules and dashboards. */
import { alertRules } from "../components/alert-rules.ts";
import { dashboardsIn } from "../components/observability/dashboards.ts";
import { monitors } from "../components/observability/monitors.ts";
import { siteRecords } from "../components/observability/site-records.ts";
import { sloRules } from "../components/observability/slo-rules.ts";
import type { StackConfig } from "../config/load.ts";
import { longestGapSeconds } from "../config/schedules.ts";
import { judgedOf } from "../config/schema/rollout.ts";

const ALERTS = "./assets/alerts";
const DASHBOARDS = "./assets/dashboards";

/** Rules of what a stack does not have are left out: their alerts on absent metrics would always fire. */
export function monitoring(config: StackConfig, scrapes: NonNullable<StackConfig["monitoring"]>) {
  const { application, backups, namespace, postgres, redis, rollout, slo } = config;
  const canary = judgedOf(rollout) !== undefined;
  const exported = redis.exporter.enabled;
  const { dashboards, interval, labels } = scrapes;
  const poolers = postgres.pooler.instances;
  const absent = [
    ...(postgres.walArchive ? [] : ["archive"]),
    ...(backups ? [] : ["backups", "drills"]),
    ...(exported ? [] : ["cache"]),
    ...(canary ? [] : ["rollouts"]),
  ];
  const { autoscaling, replicas, resources } = application;
  return {
    labels,
    rules: {
      ...alertRules(ALERTS, absent),
      site: siteRecords({
        namespace,
        application: { limits: resources.limits, replicas, maxReplicas: autoscaling?.maxReplicas },
        postgres: { instances: postgres.instances, volume: postgres.storage },
        poolers,
        exported,
        intervals: {
          backup: backups && longestGapSeconds(backups.schedule),
          offsite: backups?.offsite && longestGapSeconds(backups.offsite.schedule),
          base_backup: postgres.walArchive && longestGapSeconds(postgres.walArchive.schedule),
        },
      }),
      ...(slo ? { slo: sloRules(namespace, { ...slo, dumpAge: backups && slo.dumpAge, canary }) } : {}),
    },
    monitors: monitors({ interval, poolers, exported, backups: backups !== undefined }),
    dashboards: dashboards && { ...dashboards, json: dashboardsIn(DASHBOARDS) },
  };
}
