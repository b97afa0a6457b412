import pg from "pg";
import { connect, type Connection } from "../database/connection.ts";
import type { View } from "../database/materialized-views.ts";
import { isPassing } from "../database/passing.ts";
import { withSessions } from "../database/sessions.ts";
import { qualified } from "../database/tables.ts";
import { BackupError } from "../errors.ts";
import { parallel } from "../parallel.ts";

/** SQLSTATE when a view reads another view that has not been filled yet. */
const NOT_FILLED = "55000";

/** Fills materialized views in passes: a view that reads others, however indirectly, is filled after them. */
export async function refreshViews(target: Connection, views: readonly View[], parallelism: number): Promise<void> {
  const lanes = Math.min(parallelism, views.length);
  await withSessions(
    lanes,
    () => connect(target),
    async (sessions) => {
      for (let left = views; left.length > 0;) {
        const failures = await parallel(left, lanes, (view, lane) => refresh(sessions[lane]!, view));
        const waiting = left.filter((_, i) => failures[i]);
        if (waiting.length === left.length) throw unrestorable(waiting[0]!, failures.find(Boolean)!);
        left = waiting;
      }
    },
  );
}

/** Returns the reason if the view must wait for the next pass. */
async function refresh(session: pg.Client, view: View): Promise<Error | undefined> {
  try {
    await fill(session, view);
    return undefined;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || isPassing(error)) throw error;
    if (error.code === NOT_FILLED) return error;
    throw unrestorable(view, error);
  }
}

const DENIED = "42501";
const MAINTAINABLE_SINCE = 170_000;

async function fill(session: pg.Client, view: View): Promise<void> {
  const statement = `REFRESH MATERIALIZED VIEW ${qualified(view)}`;
  try {
    await session.query(statement);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== DENIED) throw error;
    if ((await versionOf(session)) < MAINTAINABLE_SINCE) throw error;
    // From Postgres 17 on, REFRESH needs a privilege that an owner may have revoked from itself (commit ecb0fd337, "Reintroduce MAINTAIN
    // privilege").
    await session.query("BEGIN");
    try {
      await session.query(`GRANT MAINTAIN ON ${qualified(view)} TO CURRENT_USER`);
      await session.query(statement);
      await session.query(`REVOKE MAINTAIN ON ${qualified(view)} FROM CURRENT_USER`);
      await session.query("COMMIT");
    } catch (denied) {
      await session.query("ROLLBACK");
      throw denied;
    }
  }
}

async function versionOf(session: pg.Client): Promise<number> {
  const { rows } = await session.query<{ version: number }>(
    "SELECT pg_catalog.current_setting('server_version_num')::int AS version",
  );
  return rows[0]!.version;
}

const unrestorable = (view: View, error: Error) =>
  new BackupError(
    "unrestorable",
    `materialized view ${qualified(view)}: cannot be filled by a recovery, got ${error.message}; ` +
      "name the schema of all it uses, or give its functions a search_path by ALTER FUNCTION … SET search_path",
    { cause: error },
  );
