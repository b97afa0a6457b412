import { z } from "zod";

const count = z.int().nonnegative();

/** Of how many of the newest hours, days ... that have a dump the last one is kept. */
export const keepSchema = z.strictObject({
  hourly: count,
  daily: count,
  weekly: count,
  monthly: count,
  yearly: count,
});
export type Keep = z.infer<typeof keepSchema>;

/** Which dump a restore is to bring back, and what may be done for it. */
export const restoreRequestSchema = z.strictObject({
  /** The newest verified dump when neither `dump` nor `at` is given. */
  dump: z.string().optional(),
  at: z.string().optional(),
  /** The dump may be bad, if `dump` names it: it may be better than none. @default false */
  unverified: z.boolean().optional(),
  /** The only database system whose dumps will do. @default - any */
  systemIdentifier: z.string().optional(),
  /** The database here holds data, which is kept under another name. @default false */
  replace: z.boolean().optional(),
  /** The site in charge is alive, and is to be shut out. @default false */
  evenIfAlive: z.boolean().optional(),
});
export type RestoreRequest = z.infer<typeof restoreRequestSchema>;

/** What a takeover did and how long it took: what is left of it for people, outputs and metrics. */
export const reportSchema = z.strictObject({
  site: z.string(),
  epoch: z.int().positive(),
  dump: z.string(),
  /** The state of the database is that of this time. */
  snapshotAt: z.iso.datetime(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  /** Seconds between the snapshot and the start: what was written in between is lost. */
  rpoSeconds: z.number(),
  /** When /health, /ready and /metrics were found well, the first time. */
  validatedAt: z.iso.datetime().optional(),
  /** Seconds from the start of the update, or else of the takeover, to that. */
  rtoSeconds: z.number().optional(),
  /** Seconds by phase. */
  phases: z.record(z.string(), z.number()),
  rows: z.int(),
  bytes: z.int(),
  /** The database that was here before, kept to go back to. */
  keptAs: z.string().optional(),
  image: z.string().optional(),
});
export type Report = z.infer<typeof reportSchema>;

/** Answer of the command `report`: null when this site has not taken over. */
export const reportAnswerSchema = reportSchema.nullable();

/** Answer of the command `plan`. */
export const planSchema = z.strictObject({
  /** In which this site is in charge, or would be after a takeover now. */
  epoch: z.int().positive(),
  /** Absent when the site is in charge already. */
  takeover: z
    .strictObject({
      dump: z.string(),
      snapshotAt: z.iso.datetime(),
      rows: count,
      from: z.string(),
      /** What that site ran, by digest. */
      image: z.string().optional(),
    })
    .optional(),
  /** What the last takeover did; absent while one is to come. */
  report: reportAnswerSchema.optional(),
});
export type Plan = z.infer<typeof planSchema>;

/** A role as a server has it before anything is restored into it. */
export const siteRoleSchema = z.strictObject({
  name: z.string(),
  attributes: z.array(z.string()).readonly(),
  memberOf: z.array(z.string()).readonly(),
});
export type SiteRole = z.infer<typeof siteRoleSchema>;

/** A URL that a drill leaves in a file of the work folder, for the application to read. */
export const addressSchema = z.strictObject({ file: z.string(), url: z.string() });
export type Address = z.infer<typeof addressSchema>;
