import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Definitions } from "../definitions/read.ts";
import { readToc } from "../definitions/toc.ts";
import type { Manifest } from "../dump/manifest.ts";
import type { Store } from "../store/store.ts";
import { fetch } from "./fetch.ts";

export interface LoadOptions {
  readonly parallelism: number;
  /** age secret key, used only for an encrypted dump. */
  readonly identity?: string;
}

/** A dump whose definitions have been downloaded. */
export interface OpenDump {
  readonly store: Store;
  readonly manifest: Manifest;
  readonly definitions: Definitions;
  /** Temporary folder that lasts as long as the dump is open. */
  readonly folder: string;
  readonly parallelism: number;
  /** Options by which its objects are decrypted. */
  readonly opened: { readonly identity?: string };
}

/** Opens a dump for the duration of the work. */
export async function withDump<T>(
  store: Store,
  manifest: Manifest,
  { identity, parallelism }: LoadOptions,
  work: (dump: OpenDump) => Promise<T>,
): Promise<T> {
  const opened = manifest.recipients.length > 0 && identity ? { identity } : {};
  const folder = mkdtempSync(path.join(os.tmpdir(), "restore-"));
  try {
    const file = path.join(folder, "archive");
    await fetch(store, manifest.archive, createWriteStream(file), opened);
    return await work({ store, manifest, definitions: { file, entries: readToc(file) }, folder, parallelism, opened });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
