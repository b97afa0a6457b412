import { code } from "./code.ts";
import { constraints } from "./constraints.ts";
import { rights } from "./rights.ts";
import { rows } from "./rows.ts";
import { tables } from "./tables.ts";
import { types } from "./types.ts";

export interface Mutation {
  readonly kind: string;
  /** Stands in what is said of it. */
  readonly name: string;
  /** Statements that a superuser runs in a restored database. */
  readonly change: string;
  /** What of it is beyond that database. */
  readonly undo?: string;
}

export const mutations: readonly Mutation[] = [tables, constraints, code, types, rights, rows].flatMap((area) =>
  Object.entries(area).flatMap(([kind, planted]) =>
    planted.map(([name, change, undo]) => ({ kind, name, change, ...(undo ? { undo } : {}) })),
  ),
);
