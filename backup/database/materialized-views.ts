import type pg from "pg";
import { z } from "zod";
import { NOT_SYSTEM, notOfExtension } from "./tables.ts";

export const viewSchema = z.strictObject({ schema: z.string(), name: z.string() });

export type View = z.infer<typeof viewSchema>;

const POPULATED = `
  SELECT n.nspname AS schema, c.relname AS name FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'm' AND c.relispopulated AND ${NOT_SYSTEM} AND ${notOfExtension("pg_class", "c.oid")}
  ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`;

/** Materialized views that have been filled, and so can be read. */
export async function populatedViewsOf(client: pg.Client): Promise<View[]> {
  const { rows } = await client.query<View>(POPULATED);
  return rows;
}

export function compareViews(expected: readonly View[], found: readonly View[]): string[] {
  const namesOf = (views: readonly View[]) => views.map(({ name, schema }) => `${schema}.${name}`);
  const [before, after] = [namesOf(expected), namesOf(found)];
  return [
    ...before
      .filter((name) => !after.includes(name))
      .map((name) => `materialized view ${name}: must be filled, got an empty one`),
    ...after.filter((name) => !before.includes(name)).map((name) => `materialized view ${name}: must not be filled`),
  ];
}
