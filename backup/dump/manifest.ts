import { z } from "zod";
import { extensionSchema } from "../database/extensions.ts";
import { identitySchema } from "../database/identity.ts";
import { largeObjectSchema } from "../database/large-objects.ts";
import { viewSchema } from "../database/materialized-views.ts";
import { roleSchema } from "../database/roles.ts";
import { sequenceSchema } from "../database/sequences.ts";

const count = z.int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Content before compression and encryption. */
const rawSchema = z.strictObject({
  rawBytes: count,
  /** For a table this is the content hash, taken over the stream of its rows in order. */
  rawSha256: sha256,
});

/** One object of a dump: what is stored, and its content before compression and encryption. */
export const storedSchema = z.strictObject({ key: z.string(), bytes: count, sha256, ...rawSchema.shape });

const tableSchema = z.strictObject({
  schema: z.string(),
  name: z.string(),
  columns: z.array(z.string()),
  rows: count,
  /** An object of its own, or the number of the bundle that has the rows. */
  data: z.union([storedSchema, z.strictObject({ bundle: count, ...rawSchema.shape })]),
  reach: z.enum(["own", "partitions", "configuration"]).default("own"),
  condition: z.string().default(""),
  /** Sum of the row hashes of a table with reach `partitions`, in any order, because a restore may put the rows into other partitions. */
  digest: z.string().optional(),
  /** Generated columns, which a restore computes again, and the SHA-256 of their content. */
  generated: z.strictObject({ columns: z.array(z.string()), sha256 }).optional(),
});

/** Everything that a restore is compared with, read in the same snapshot as the rows. */
export const manifestSchema = z.strictObject({
  format: z.literal("acci-dump"),
  /** Version 1 had rows of extensions, sequences and materialized views in its archive, and the definitions also as texts of their own. */
  version: z.literal([1, 2]),
  id: z.string(),
  site: z.string(),
  database: identitySchema,
  clientVersion: z.string(),
  startedAt: z.iso.datetime(),
  snapshotAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  recipients: z.array(z.string()),
  /** Application image by digest, if it was given. */
  image: z.string().optional(),
  /** Definitions, as an archive of pg_dump. */
  archive: storedSchema,
  tables: z.array(tableSchema),
  /** Objects that hold several small tables each, one after the other. */
  bundles: z.array(storedSchema).default([]),
  /** Unlogged tables. Their rows are left out, because a crash empties them. */
  unlogged: z.array(z.string()),
  /** Roles that the database depends on: as owners, by grants, by policies or by settings. */
  roles: z.array(roleSchema),
  extensions: z.array(extensionSchema).default([]),
  sequenceValues: z.array(sequenceSchema).default([]),
  /** Materialized views that were filled. */
  populatedViews: z.array(viewSchema).default([]),
  largeObjects: z.strictObject({ objects: z.array(largeObjectSchema), pages: tableSchema }).optional(),
  /** Only in version 1, as is `sequences`. */
  facts: z.record(z.string(), z.string()).optional(),
  sequences: z.record(z.string(), z.unknown()).optional(),
});

export type Manifest = z.output<typeof manifestSchema>;
export type Stored = z.infer<typeof storedSchema>;
export type DumpedTable = z.output<typeof tableSchema>;

/** All objects of a dump except the manifest. */
export function objectsOf({ archive, bundles, largeObjects, tables }: Manifest): Stored[] {
  const own = [...tables, ...(largeObjects ? [largeObjects.pages] : [])].flatMap(({ data }) =>
    "key" in data ? [data] : [],
  );
  return [archive, ...bundles, ...own];
}

export const totalOf = (manifest: Manifest, size: "bytes" | "rawBytes") =>
  objectsOf(manifest).reduce((sum, object) => sum + object[size], 0);

export const rowsOf = ({ tables }: Pick<Manifest, "tables">) => tables.reduce((sum, { rows }) => sum + rows, 0);
