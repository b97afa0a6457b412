import { PG, SITE } from "./selectors.ts";
import { type Dashboard, query } from "./spec.ts";

export const backups: Dashboard = {
  name: "backups",
  title: "ACCI / Backups and drills",
  description: "What a recovery of a site would bring back, how long it would take, and when that was last rehearsed.",
  rows: [
    {
      title: "Now",
      panels: [
        {
          title: "Newest verified dump",
          description: "Its age, which is what a recovery would lose.",
          unit: "s",
          kind: "stat",
          thresholds: [26 * 3600, 50 * 3600],
          queries: [query(`time() - max(acci_backup_last_verified_timestamp_seconds{${SITE}})`, "age")],
          alert: "AcciBackupStale",
        },
        {
          title: "Verified dumps",
          description: "Dumps in the catalogue that were restored and compared.",
          unit: "short",
          kind: "stat",
          queries: [query(`max(acci_backup_entries{${SITE},status="verified"})`, "dumps")],
          alert: "AcciBackupNone",
        },
        {
          title: "Last run",
          description: "Its exit code: 0 is well, docs/backups.md lists the others.",
          unit: "short",
          kind: "stat",
          thresholds: [1, 76],
          queries: [query(`max(acci_backup_last_run_exit_code{${SITE}})`, "exit code")],
          alert: "AcciBackupFailed",
        },
        {
          title: "Newest copy elsewhere",
          description: "Age of the newest verified dump in the second store.",
          unit: "s",
          kind: "stat",
          thresholds: [32 * 3600, 56 * 3600],
          queries: [query(`time() - max(acci_backup_offsite_last_verified_timestamp_seconds{${SITE}})`, "age")],
          alert: "AcciBackupOffsiteStale",
        },
        {
          title: "Last drill",
          description: "Seconds that the last successful drill needed to bring the site back.",
          unit: "s",
          kind: "stat",
          thresholds: [600, 900],
          queries: [query(`max(acci_drill_rto_seconds{${SITE}})`, "time")],
          alert: "AcciDrillSlow",
        },
        {
          title: "Next drill due",
          description: "Time until a drill must have succeeded; below zero it is late.",
          unit: "s",
          kind: "stat",
          lowIsBad: true,
          thresholds: [0, -86400],
          queries: [query(`max(acci_drill_due_timestamp_seconds{${SITE}}) - time()`, "due in")],
          alert: "AcciDrillStale",
        },
      ],
    },
    {
      title: "Dumps",
      panels: [
        {
          title: "Age of the newest verified dump",
          description: "Rises until the next dump is verified.",
          unit: "s",
          queries: [query(`time() - max(acci_backup_last_verified_timestamp_seconds{${SITE}})`, "age")],
          thresholds: [26 * 3600, 50 * 3600],
          alert: "AcciBackupStale",
        },
        {
          title: "Size",
          description: "In the store, and before compression and encryption.",
          unit: "bytes",
          queries: [
            query(`max(acci_backup_size_bytes{${SITE}})`, "stored"),
            query(`max(acci_backup_raw_size_bytes{${SITE}})`, "raw"),
            query(`max(acci_backup_usual_raw_size_bytes{${SITE}})`, "raw, usually"),
          ],
          alert: "AcciBackupShrunk",
        },
        {
          title: "Duration",
          description: "Seconds to make the newest verified dump, and to restore and compare it.",
          unit: "s",
          stacked: true,
          queries: [
            query(`max(acci_backup_dump_duration_seconds{${SITE}})`, "dump"),
            query(`max(acci_backup_verification_duration_seconds{${SITE}})`, "verification"),
          ],
        },
        {
          title: "Rows",
          description: "In the newest verified dump, and usually.",
          unit: "short",
          queries: [
            query(`max(acci_backup_rows{${SITE}})`, "rows"),
            query(`max(acci_backup_usual_rows{${SITE}})`, "usually"),
          ],
          alert: "AcciBackupShrunk",
        },
        {
          title: "Dumps in the stores",
          description: "Verified and bad dumps in the first store, verified ones in the second.",
          unit: "short",
          queries: [
            query(`max by (status) (acci_backup_entries{${SITE}})`, "{{status}}"),
            query(`max(acci_backup_offsite_entries{${SITE}})`, "second store"),
          ],
          alert: "AcciBackupOffsiteNone",
        },
        {
          title: "Failed looks of the agent",
          description: "In a row. Its other figures are old while it does not reach the store or the database.",
          unit: "short",
          thresholds: [5, 10],
          queries: [query(`max(acci_backup_watch_failures{${SITE}})`, "failed")],
          alert: "AcciBackupAgentBlind",
        },
      ],
    },
    {
      title: "Drills and recoveries",
      panels: [
        {
          title: "Phases of the last drill",
          description: "Seconds of each phase of the last drill that went well.",
          unit: "s",
          stacked: true,
          queries: [query(`max by (phase) (acci_drill_phase_seconds{${SITE}})`, "{{phase}}")],
          alert: "AcciDrillSlow",
        },
        {
          title: "Time to recover",
          description: "Of the last drill, and of the failover by which the site is active.",
          unit: "s",
          queries: [
            query(`max(acci_drill_rto_seconds{${SITE}})`, "drill"),
            query(`max(acci_takeover_rto_seconds{${SITE}})`, "failover"),
          ],
          alert: "AcciDrillSlow",
        },
        {
          title: "Loss",
          description: "Age of the data that the last drill, or the failover, brought back.",
          unit: "s",
          queries: [
            query(`max(acci_drill_rpo_seconds{${SITE}})`, "drill"),
            query(`max(acci_takeover_rpo_seconds{${SITE}})`, "failover"),
          ],
        },
      ],
    },
    {
      title: "WAL archive",
      panels: [
        {
          title: "Archived segments",
          description: "WAL segments a second that reached the archive or failed to.",
          unit: "ops",
          queries: [
            query(`sum(rate(cnpg_pg_stat_archiver_archived_count{${PG}}[$__rate_interval]))`, "archived"),
            query(`sum(rate(cnpg_pg_stat_archiver_failed_count{${PG}}[$__rate_interval]))`, "failed"),
          ],
          alert: "AcciArchiveFailing",
        },
        {
          title: "Segments that wait",
          description: "WAL segments that are ready for the archive.",
          unit: "short",
          queries: [query(`cnpg_collector_pg_wal_archive_status{${PG},value="ready"}`, "{{pod}}")],
          alert: "AcciArchiveBehind",
        },
        {
          title: "Newest base backup",
          description: "Its age. Recoveries replay all WAL since.",
          unit: "s",
          queries: [
            query(`time() - (max(barman_cloud_cloudnative_pg_io_last_available_backup_timestamp{${PG}}) > 0)`, "age"),
          ],
          alert: "AcciBaseBackupStale",
        },
      ],
    },
  ],
};
