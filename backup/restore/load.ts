import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Connection, withClient } from "../database/connection.ts";
import type { Manifest } from "../dump/manifest.ts";
import type { Store } from "../store/store.ts";
import { listOf, restoreSection } from "./archive.ts";
import { copyIn } from "./copy-in.ts";
import { eachTable } from "./each-table.ts";
import { fetch } from "./fetch.ts";

export interface LoadOptions {
  readonly jobs: number;
  /** age secret key; of no use for a dump that is not encrypted. */
  readonly identity?: string;
}

/** Restores a dump into an empty database. */
export async function load(target: Connection, store: Store, manifest: Manifest, options: LoadOptions): Promise<void> {
  const opened = manifest.recipients.length > 0 && options.identity ? { identity: options.identity } : {};
  const folder = mkdtempSync(path.join(os.tmpdir(), "restore-"));
  try {
    const file = path.join(folder, "archive");
    await fetch(store, manifest.archive, createWriteStream(file), opened);
    const archive = { file, list: await listOf(file) };
    await restoreSection(target, archive, "pre-data", options);
    await eachTable(target, manifest, { jobs: options.jobs, verb: "restored" }, (session, table, onBytes) =>
      copyIn(session, store, table, { ...opened, onBytes }),
    );
    await restoreSection(target, archive, "data", options);
    await restoreSection(target, archive, "post-data", options);
    await withClient(target, (client) => client.query("ANALYZE"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
