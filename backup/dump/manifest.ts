import { z } from "zod";
import { identitySchema } from "../database/identity.ts";
import { roleSchema } from "../database/roles.ts";

const count = z.int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** One object of a dump: what is stored, and what it was before it was compressed and encrypted. */
export const storedSchema = z.strictObject({
  key: z.string(),
  bytes: count,
  sha256,
  rawBytes: count,
  /** Of a table: the content hash, taken over the stream of its rows in their order. */
  rawSha256: sha256,
});

/** All that a restore is compared with. It was read in the very snapshot the rows are from. */
export const manifestSchema = z.strictObject({
  format: z.literal("acci-dump"),
  version: z.literal(1),
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
  /** Schema, sequences and extensions' rows: an archive of pg_dump. */
  archive: storedSchema,
  tables: z.array(
    z.strictObject({
      schema: z.string(),
      name: z.string(),
      columns: z.array(z.string()),
      rows: count,
      data: storedSchema,
    }),
  ),
  /** Tables whose rows were left out, since a crash empties them. */
  unlogged: z.array(z.string()),
  roles: z.array(roleSchema),
  facts: z.record(z.string(), z.string()),
  /** Where each sequence stood when the dump began; it may have moved on while it ran. */
  sequences: z.record(z.string(), z.strictObject({ value: z.string().nullable(), increment: z.string() })),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type Stored = z.infer<typeof storedSchema>;
export type DumpedTable = Manifest["tables"][number];

export const totalOf = (manifest: Manifest, size: "bytes" | "rawBytes") =>
  manifest.tables.reduce((sum, { data }) => sum + data[size], manifest.archive[size]);

export const rowsOf = ({ tables }: Pick<Manifest, "tables">) => tables.reduce((sum, { rows }) => sum + rows, 0);
