import { z } from "zod";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const instant = z.iso.datetime();
const count = z.int().nonnegative();

/** Who may publish: a site, since its takeover number `epoch`. */
export const tenureSchema = z.strictObject({ site: z.string().min(1), epoch: z.int().positive() });

/** A dump that is whole in the store and was restored: with success, or with a difference that is kept as evidence. */
export const entrySchema = z.strictObject({
  /** `<site>-<start in UTC>-<random>`; also the folder of its objects: `dumps/<id>/`. */
  id: z.string().regex(/^[a-z0-9-]+-\d{8}t\d{6}z-[0-9a-f]{6}$/),
  /** Order of publication. Clocks may lie, this does not. */
  sequence: z.int().positive(),
  site: z.string(),
  epoch: z.int().positive(),
  status: z.enum(["verified", "bad"]),
  /** Why a bad one is bad. */
  reason: z.string().optional(),
  class: z.enum(["scheduled", "manual", "takeover"]),
  manifest: z.strictObject({ key: z.string(), bytes: count, sha256 }),
  /** Of the database cluster that was dumped: a restore into another system must be asked for. */
  systemIdentifier: z.string(),
  serverVersion: z.string(),
  clientVersion: z.string(),
  startedAt: instant,
  /** What the dump shows is the state at this time. */
  snapshotAt: instant,
  finishedAt: instant,
  verifiedAt: instant,
  /** Bytes in the store. */
  bytes: count,
  /** Bytes before compression. */
  rawBytes: count,
  tables: count,
  rows: count,
  /** age recipients the dump is encrypted to; empty when it is not. */
  recipients: z.array(z.string()),
  /** The application's image by digest, when the site said which it ran. */
  image: z.string().optional(),
  /** The Job that made it: what tries that Job again must not make another. */
  run: z.string().optional(),
});

/** The one document that decides what exists: a dump that is not in it was never made. Replaced as a whole, by compare and swap. */
export const catalogueSchema = z.strictObject({
  format: z.literal("acci-catalogue"),
  version: z.literal(1),
  /** The site that may publish, and since which takeover. */
  ...tenureSchema.shape,
  /** The last one, once there was one: whom from, when, and with which dump the new site began. */
  takeover: z.strictObject({ from: tenureSchema, at: instant, dump: z.string().optional() }).optional(),
  /** The last one given to an entry. */
  sequence: count,
  entries: z.array(entrySchema),
});

/** As it is stored. A catalogue of before there were these has neither, and gets both at its next change. */
export const documentSchema = catalogueSchema.extend({
  /** Grows by one with each change, so that an older one that is put back is found out. */
  revision: z.int().positive().optional(),
  /** SHA-256 of all else in it: as JSON with sorted keys and without space. */
  checksum: sha256.optional(),
});

export type Tenure = z.infer<typeof tenureSchema>;
export type Entry = z.infer<typeof entrySchema>;
export type Catalogue = z.infer<typeof catalogueSchema>;
