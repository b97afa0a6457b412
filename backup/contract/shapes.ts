import { z } from "zod";

const count = z.int().nonnegative();

/** Numbers of newest hours, days ... that have a dump; of each of them the last dump is kept. */
export const keepSchema = z.strictObject({
  hourly: count,
  daily: count,
  weekly: count,
  monthly: count,
  yearly: count,
});
export type Keep = z.infer<typeof keepSchema>;

/** Ways by which a failover gets its data. `newest` is the one that loses less. */
export const WAYS = ["dump", "archive", "newest"] as const;

/** A recovery from the WAL archive of a server. */
export const archiveRecoverySchema = z.strictObject({
  /** Epoch of the failover that it was decided for. */
  epoch: z.int().positive(),
  /** Folder of the archive. */
  server: z.string(),
  /** Id of the base backup it starts from. */
  backup: z.string(),
  systemIdentifier: z.string(),
  /** The last segment of the archive when the recovery was decided. */
  segment: z.string(),
  /** The moment that was asked for. @default - the end of the archive */
  at: z.string().optional(),
  /** The state it brings back: of that moment, or of when the last segment reached the archive. */
  reachesTo: z.iso.datetime(),
});
export type ArchiveRecovery = z.infer<typeof archiveRecoverySchema>;

/** What a recovery from the archive would bring back; or the problem for which it cannot be relied on. */
export const archiveOutlookSchema = z.strictObject({
  server: z.string(),
  problem: z.string().optional(),
  recovery: archiveRecoverySchema.optional(),
});
export type ArchiveOutlook = z.infer<typeof archiveOutlookSchema>;

/** The data that a restore takes, and the safeguards that it may override. */
export const restoreRequestSchema = z.strictObject({
  /** @default "dump" */
  from: z.enum(WAYS).optional(),
  /** The recovery by which the site's database was made. @default - it was made empty */
  archive: archiveRecoverySchema.optional(),
  /** Id of the dump. Without `dump` and `at` it is the newest verified dump. */
  dump: z.string().optional(),
  at: z.string().optional(),
  /** Whether the dump that `dump` names may have failed its verification: it may be better than none. @default false */
  allowFailed: z.boolean().optional(),
  /** System identifier of the only database whose dumps are accepted. @default - any */
  systemIdentifier: z.string().optional(),
  /** Whether a database that holds data may be replaced; it is kept under another name. @default false */
  replace: z.boolean().optional(),
  /** Whether to fail over although the active site is alive, and shut it out. @default false */
  evenIfAlive: z.boolean().optional(),
});
export type RestoreRequest = z.infer<typeof restoreRequestSchema>;

/** What a failover did and how long it took: its record for people, stack outputs and metrics. */
export const reportSchema = z.strictObject({
  site: z.string(),
  epoch: z.int().positive(),
  dump: z.string(),
  /** Time of the state that the database has: of the dump's snapshot, or of the end of the archive. */
  snapshotAt: z.iso.datetime(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  /** Seconds between that time and the start, after a recovery from the archive that of the update: writes in between are lost. */
  rpoSeconds: z.number(),
  /** Time at which /health, /ready and /metrics first passed the smoke test. */
  validatedAt: z.iso.datetime().optional(),
  /** Seconds from the start of the update, or else of the failover, to `validatedAt`. */
  rtoSeconds: z.number().optional(),
  /** Seconds by phase. */
  phases: z.record(z.string(), z.number()),
  rows: z.int(),
  bytes: z.int(),
  /** The recovery from the archive, compared with the dump. @default - the dump was restored */
  archive: archiveRecoverySchema.optional(),
  /** Tables that have fewer rows than in the dump, after a recovery from the archive. */
  shrunk: z.array(z.string()).optional(),
  /** Name under which the previous database is kept, as the way back. */
  keptAs: z.string().optional(),
  image: z.string().optional(),
});
export type Report = z.infer<typeof reportSchema>;

/** Answer of the command `report`: null when this site has not failed over. */
export const reportAnswerSchema = reportSchema.nullable();

/** Answer of the command `plan`. */
export const planSchema = z.strictObject({
  /** Epoch in which this site is active, or would be after a failover now. */
  epoch: z.int().positive(),
  /** The failover that is to come; absent when the site is active already. */
  failover: z
    .strictObject({
      dump: z.string(),
      snapshotAt: z.iso.datetime(),
      rows: count,
      from: z.string(),
      /** Image that the other site ran, by digest. */
      image: z.string().optional(),
      /** By which way. */
      by: z.enum(["dump", "archive"]),
      /** What the archive of the other site has. @default - it has none */
      archive: archiveOutlookSchema.optional(),
    })
    .optional(),
  /** Folder for the archive of a database that is made here now, to which no other has ever archived. */
  newServer: z.string().optional(),
  /** Report of the last failover; absent while a failover is to come. */
  report: reportAnswerSchema.optional(),
});
export type Plan = z.infer<typeof planSchema>;

/** A role of a site's server, as it is before anything is restored. */
export const siteRoleSchema = z.strictObject({
  name: z.string(),
  attributes: z.array(z.string()).readonly(),
  memberOf: z.array(z.string()).readonly(),
});
export type SiteRole = z.infer<typeof siteRoleSchema>;

/** A URL that a drill writes to a file of the work folder, for the application to read. */
export const addressSchema = z.strictObject({ file: z.string(), url: z.string() });
export type Address = z.infer<typeof addressSchema>;
