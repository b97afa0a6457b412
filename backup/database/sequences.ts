import type pg from "pg";
import { z } from "zod";
import { identifier, literal } from "./sql.ts";
import { NOT_SYSTEM, notOfExtension } from "./tables.ts";

/** Where a sequence stands. */
export const sequenceSchema = z.strictObject({
  schema: z.string(),
  name: z.string(),
  value: z.string(),
  /** Whether the value was given out, or is the next one. */
  called: z.boolean(),
});

export type Sequence = z.infer<typeof sequenceSchema>;

/** A crash takes an unlogged one back to its start, as it empties the table that uses it; on a replica it cannot be read at all. */
const NAMES = `
  SELECT n.nspname AS schema, c.relname AS name FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'S' AND c.relpersistence = 'p' AND ${NOT_SYSTEM}
    AND (${notOfExtension("pg_class", "c.oid")} OR EXISTS (SELECT FROM pg_catalog.pg_extension e WHERE c.oid = ANY (e.extconfig)))
  ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`;

/** One statement reads so many: each is a relation of its own. */
const BATCH = 200;

/**
 * Where every sequence stands. They wait for no snapshot: read after it was taken, none is behind a row that the snapshot shows.
 * Outside of a transaction, since each read locks its sequence until the transaction ends.
 */
export async function sequencesOf(client: pg.Client): Promise<Sequence[]> {
  const { rows: names } = await client.query<{ schema: string; name: string }>(NAMES);
  const found: Sequence[] = [];
  for (let from = 0; from < names.length; from += BATCH) {
    const statements = names
      .slice(from, from + BATCH)
      .map(
        ({ name, schema }) =>
          `SELECT ${literal(schema)} AS schema, ${literal(name)} AS name, last_value::text AS value, is_called AS called FROM ${identifier(schema)}.${identifier(name)}`,
      );
    found.push(...(await client.query<Sequence>(statements.join(" UNION ALL "))).rows);
  }
  return found;
}

/** Sets them all to where they stood. */
export async function setSequences(client: pg.Client, sequences: readonly Sequence[]): Promise<void> {
  await client.query(
    `SELECT pg_catalog.setval(pg_catalog.format('%I.%I', s.schema, s.name)::regclass, s.value, s.called)
     FROM pg_catalog.json_to_recordset($1) AS s(schema text, name text, value bigint, called boolean)`,
    [JSON.stringify(sequences)],
  );
}

export function compareSequences(expected: readonly Sequence[], found: readonly Sequence[]): string[] {
  const keyOf = ({ name, schema }: Sequence) => `${identifier(schema)}.${identifier(name)}`;
  const there = new Map(found.map((sequence) => [keyOf(sequence), sequence]));
  return expected.flatMap((sequence) => {
    const restored = there.get(keyOf(sequence));
    if (!restored) return [`sequence ${keyOf(sequence)}: is missing`];
    return textOf(restored) === textOf(sequence)
      ? []
      : [`sequence ${keyOf(sequence)}: must stand ${textOf(sequence)}, got ${textOf(restored)}`];
  });
}

const textOf = ({ called, value }: Sequence) => (called ? `at ${value}` : `before ${value}`);
