import type pg from "pg";
import { z } from "zod";
import { identifier, literal } from "./sql.ts";
import { NOT_SYSTEM, notOfExtension } from "./tables.ts";

/** Position of a sequence. */
export const sequenceSchema = z.strictObject({
  schema: z.string(),
  name: z.string(),
  value: z.string(),
  /** Whether `value` was given out already; if not, it is the next value. */
  called: z.boolean(),
});

export type Sequence = z.infer<typeof sequenceSchema>;

/** Without unlogged sequences: a crash resets them, as it empties the tables that use them, and a replica cannot read them. */
const NAMES = `
  SELECT n.nspname AS schema, c.relname AS name FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'S' AND c.relpersistence = 'p' AND ${NOT_SYSTEM}
    AND (${notOfExtension("pg_class", "c.oid")} OR EXISTS (SELECT FROM pg_catalog.pg_extension e WHERE c.oid = ANY (e.extconfig)))
  ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`;

/** Limit of sequences that one statement reads, because each is a relation of its own. */
const BATCH = 200;

/**
 * Positions of all sequences. They are no part of a snapshot: read after the snapshot was taken, no position is behind a row that the
 * snapshot shows. They are read outside of a transaction, because each read locks its sequence until the transaction ends.
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

/** Sets the sequences to their dumped positions. */
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
