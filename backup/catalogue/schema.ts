import { z } from "zod";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const instant = z.iso.datetime();
const count = z.int().nonnegative();

/** The active site, which alone may publish, since the failover with number `epoch`. */
export const tenureSchema = z.strictObject({ site: z.string().min(1), epoch: z.int().positive() });

/** A dump that is complete in the store and was restored: verified, or with a difference and kept as evidence. */
export const entrySchema = z.strictObject({
  /** `<site>-<start in UTC>-<random>`; also the folder of its objects: `dumps/<id>/`. */
  id: z.string().regex(/^[a-z0-9-]+-\d{8}t\d{6}z-[0-9a-f]{6}$/),
  /** Order of publication, which does not depend on clocks. */
  sequence: z.int().positive(),
  site: z.string(),
  epoch: z.int().positive(),
  status: z.enum(["verified", "bad"]),
  /** Why a bad dump is bad. */
  reason: z.string().optional(),
  class: z.enum(["scheduled", "manual", "takeover"]),
  manifest: z.strictObject({ key: z.string(), bytes: count, sha256 }),
  /** System identifier of the dumped database cluster: a restore into another system must be asked for. */
  systemIdentifier: z.string(),
  serverVersion: z.string(),
  clientVersion: z.string(),
  startedAt: instant,
  /** Time of the snapshot that the dump shows. */
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
  /** Digest reference of the application's image, if the site named it. */
  image: z.string().optional(),
  /** The Job that made it, so that a retry of the Job does not make a second dump. */
  run: z.string().optional(),
});

/** The one document that decides which dumps exist. Replaced as a whole, by compare and swap. */
export const catalogueSchema = z.strictObject({
  format: z.literal("acci-catalogue"),
  version: z.literal(1),
  /** The active site. */
  ...tenureSchema.shape,
  /** The last failover, if there was one: from which site, when, and the dump that the new site began with. */
  takeover: z.strictObject({ from: tenureSchema, at: instant, dump: z.string().optional() }).optional(),
  /** Sequence number of the last entry. */
  sequence: count,
  entries: z.array(entrySchema),
});

/** The stored form. Catalogues from before revisions and checksums have neither, and get both at their next change. */
export const documentSchema = catalogueSchema.extend({
  /** Grows by one with each change, so that an older catalogue that is put back is detected. */
  revision: z.int().positive().optional(),
  /** SHA-256 of the rest: as JSON with sorted keys and without spaces. */
  checksum: sha256.optional(),
});

export type Tenure = z.infer<typeof tenureSchema>;
export type Entry = z.infer<typeof entrySchema>;
export type Catalogue = z.infer<typeof catalogueSchema>;
