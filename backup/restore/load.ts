import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type pg from "pg";
import { connect, type Connection, withClient } from "../database/connection.ts";
import { type Manifest, totalOf } from "../dump/manifest.ts";
import { parallel } from "../parallel.ts";
import { Progress } from "../progress.ts";
import type { Store } from "../store/store.ts";
import { listOf, restoreSection } from "./archive.ts";
import { copyIn } from "./copy-in.ts";
import { fetch } from "./fetch.ts";

export interface LoadOptions {
  readonly jobs: number;
  /** age secret key, when the dump is encrypted. */
  readonly identity?: string;
}

/** Restores a dump into an empty database. */
export async function load(target: Connection, store: Store, manifest: Manifest, options: LoadOptions): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "restore-"));
  try {
    const file = path.join(folder, "archive");
    await fetch(store, manifest.archive, createWriteStream(file), options);
    const archive = { file, list: await listOf(file) };
    await restoreSection(target, archive, "pre-data", options);
    await loadTables(target, store, manifest, options);
    await restoreSection(target, archive, "data", options);
    await restoreSection(target, archive, "post-data", options);
    await withClient(target, (client) => client.query("ANALYZE"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function loadTables(target: Connection, store: Store, manifest: Manifest, { identity, jobs }: LoadOptions) {
  const tables = manifest.tables.toSorted((a, b) => b.data.rawBytes - a.data.rawBytes);
  const progress = new Progress("restored", { bytes: totalOf(manifest, "rawBytes"), items: tables.length });
  const options = { onBytes: (bytes: number) => progress.add(bytes), ...(identity ? { identity } : {}) };
  await withSessions(target, Math.min(jobs, tables.length), (sessions) =>
    parallel(tables, jobs, async (table, lane) => {
      await copyIn(sessions[lane]!, store, table, options);
      progress.finished();
    }),
  );
}

export async function withSessions<T>(
  target: Connection,
  count: number,
  work: (sessions: pg.Client[]) => Promise<T>,
): Promise<T> {
  const sessions: pg.Client[] = [];
  try {
    for (let i = 0; i < count; i++) sessions.push(await connect(target));
    return await work(sessions);
  } finally {
    await Promise.allSettled(sessions.map((session) => session.end()));
  }
}
