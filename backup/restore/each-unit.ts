import type pg from "pg";
import { connect, type Connection } from "../database/connection.ts";
import { withSessions } from "../database/sessions.ts";
import { parallel } from "../parallel.ts";
import { Progress } from "../progress.ts";
import type { OpenDump } from "./open.ts";
import { type Unit, unitsOf } from "./units.ts";

/** Runs the work for every unit of a dump, several at a time in sessions of a database, and prints the progress. */
export async function eachUnit<T>(
  target: Connection,
  { manifest, parallelism }: Pick<OpenDump, "parallelism" | "manifest">,
  verb: string,
  work: (session: pg.Client, unit: Unit, progress: Progress) => Promise<T>,
): Promise<T[]> {
  const units = unitsOf(manifest);
  const bytes = units.reduce((sum, { object }) => sum + object.rawBytes, 0);
  const progress = new Progress(verb, { bytes, items: manifest.tables.length });
  return withSessions(
    Math.min(parallelism, units.length),
    () => connect(target),
    (sessions) => parallel(units, parallelism, (unit, lane) => work(sessions[lane]!, unit, progress)),
  );
}
