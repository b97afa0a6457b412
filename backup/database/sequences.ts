import type pg from "pg";
import type { Manifest } from "../dump/manifest.ts";
import { NOT_SYSTEM } from "./tables.ts";

export type Sequences = Manifest["sequences"];

const SEQUENCES = `
  SELECT s.schemaname || '.' || s.sequencename AS name, s.last_value::text AS value, s.increment_by::text AS increment
  FROM pg_catalog.pg_sequences s JOIN pg_catalog.pg_namespace n ON n.nspname = s.schemaname WHERE ${NOT_SYSTEM}`;

export async function sequencesOf(client: pg.Client): Promise<Sequences> {
  const { rows } = await client.query<{ name: string; value: string | null; increment: string }>(SEQUENCES);
  return Object.fromEntries(rows.map(({ name, value, increment }) => [name, { value, increment }]));
}

/** A sequence does not wait for a snapshot, so a restored one may be ahead of what was read, but never behind it. */
export function compareSequences(expected: Sequences, found: Sequences): string[] {
  return Object.entries(expected).flatMap(([name, { increment, value }]) => {
    const restored = found[name];
    if (!restored) return [`sequence ${name}: is missing`];
    if (value === null) return [];
    const behind =
      restored.value === null ||
      (BigInt(increment) > 0n ? BigInt(restored.value) < BigInt(value) : BigInt(restored.value) > BigInt(value));
    return behind ? [`sequence ${name}: must have reached ${value}, got ${restored.value ?? "nothing"}`] : [];
  });
}
