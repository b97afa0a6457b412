import { z } from "zod";
import { extensionSchema } from "../database/extensions.ts";
import { identitySchema } from "../database/identity.ts";
import { largeObjectSchema } from "../database/large-objects.ts";
import { viewSchema } from "../database/materialized-views.ts";
import { roleSchema } from "../database/roles.ts";
import { sequenceSchema } from "../database/sequences.ts";

const count = z.int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What was read, before it was compressed and encrypted. */
const rawSchema = z.strictObject({
  rawBytes: count,
  /** Of a table: the content hash, taken over the stream of its rows in their order. */
  rawSha256: sha256,
});

/** One object of a dump: what is stored, and what it was before. */
export const storedSchema = z.strictObject({ key: z.string(), bytes: count, sha256, ...rawSchema.shape });

const tableSchema = z.strictObject({
  schema: z.string(),
  name: z.string(),
  columns: z.array(z.string()),
  rows: count,
  /** An object of its own, or a part of the bundle of that number. */
  data: z.union([storedSchema, z.strictObject({ bundle: count, ...rawSchema.shape })]),
  reach: z.enum(["own", "partitions", "configuration"]).default("own"),
  condition: z.string().default(""),
  /** Of `partitions`, whose rows may lie elsewhere after a restore: their sum, in whatever order they come. */
  digest: z.string().optional(),
  /** Columns that are computed again, and the SHA-256 of what they hold. */
  generated: z.strictObject({ columns: z.array(z.string()), sha256 }).optional(),
});

/** All that a restore is compared with. It was read in the very snapshot the rows are from. */
export const manifestSchema = z.strictObject({
  format: z.literal("acci-dump"),
  /** 1 had rows of extensions, sequences and materialized views in its archive, and definitions as texts of its own as well. */
  version: z.literal([1, 2]),
  id: z.string(),
  site: z.string(),
  database: identitySchema,
  clientVersion: z.string(),
  startedAt: z.iso.datetime(),
  snapshotAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  recipients: z.array(z.string()),
  /** Application image by digest, when it was told. */
  image: z.string().optional(),
  /** Definitions: an archive of pg_dump. */
  archive: storedSchema,
  tables: z.array(tableSchema),
  /** Several small tables each, one after the other. */
  bundles: z.array(storedSchema).default([]),
  /** Tables whose rows were left out, since a crash empties them. */
  unlogged: z.array(z.string()),
  /** Those that own something here, are granted something, or have settings here. */
  roles: z.array(roleSchema),
  extensions: z.array(extensionSchema).default([]),
  sequenceValues: z.array(sequenceSchema).default([]),
  /** Materialized views that had been filled. */
  populatedViews: z.array(viewSchema).default([]),
  largeObjects: z.strictObject({ objects: z.array(largeObjectSchema), pages: tableSchema }).optional(),
  /** Of version 1. */
  facts: z.record(z.string(), z.string()).optional(),
  sequences: z.record(z.string(), z.unknown()).optional(),
});

export type Manifest = z.output<typeof manifestSchema>;
export type Stored = z.infer<typeof storedSchema>;
export type DumpedTable = z.output<typeof tableSchema>;

/** Every object of a dump but the manifest itself. */
export function objectsOf({ archive, bundles, largeObjects, tables }: Manifest): Stored[] {
  const own = [...tables, ...(largeObjects ? [largeObjects.pages] : [])].flatMap(({ data }) =>
    "key" in data ? [data] : [],
  );
  return [archive, ...bundles, ...own];
}

export const totalOf = (manifest: Manifest, size: "bytes" | "rawBytes") =>
  objectsOf(manifest).reduce((sum, object) => sum + object[size], 0);

export const rowsOf = ({ tables }: Pick<Manifest, "tables">) => tables.reduce((sum, { rows }) => sum + rows, 0);
