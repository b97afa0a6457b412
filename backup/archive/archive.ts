import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import zlib from "node:zlib";
import { BackupError } from "../errors.ts";
import type { Listed, Store } from "../store/store.ts";
import { type BaseBackup, readBackupInfo } from "./base-backup.ts";
import { folderOf, type Layout, layoutOf } from "./layout.ts";
import { type History, readHistory } from "./timeline.ts";

/** What a server's archive holds. */
export interface Archive {
  readonly server: string;
  readonly segments: Layout["segments"];
  readonly histories: ReadonlyMap<number, History>;
  /** Those that are done and have their files, newest first. */
  readonly backups: readonly BaseBackup[];
  /** Ids of base backups that cannot be recovered: interrupted, failed, or without their files. */
  readonly unusable: readonly string[];
}

/** Reads an archive's state from the store; undefined when nothing was ever archived under that name. */
export async function readArchive(store: Store, server: string): Promise<Archive | undefined> {
  const listed: Listed[] = [];
  for await (const object of store.list(folderOf(server))) listed.push(object);
  if (listed.length === 0) return undefined;
  const { backups, histories, segments } = layoutOf(server, listed);
  const unusable: string[] = [];
  const done = await Promise.all(
    [...backups].map(async ([id, { dataBytes, info }]) => {
      const text = info && dataBytes > 0 ? (await buffer(await store.get(info))).toString() : "";
      const backup = readBackupInfo(id, text);
      if (!backup) unusable.push(id);
      return backup ? [backup] : [];
    }),
  );
  const read = await Promise.all(
    [...histories].map(async ([timeline, key]) => [timeline, readHistory(await textOf(store, key))] as const),
  );
  return {
    server,
    segments,
    histories: new Map(read),
    backups: done.flat().sort((a, b) => b.endedAt.getTime() - a.endedAt.getTime()),
    unusable: unusable.sort(),
  };
}

/** Whether anything was archived under that name, so that no other database may archive there. */
export async function isTaken(store: Store, server: string): Promise<boolean> {
  for await (const _ of store.list(folderOf(server))) return true;
  return false;
}

const UNPACK: Readonly<Record<string, (packed: Buffer) => Promise<Buffer>>> = {
  history: (plain) => Promise.resolve(plain),
  zst: promisify(zlib.zstdDecompress),
  gz: promisify(zlib.gunzip),
};

async function textOf(store: Store, key: string): Promise<string> {
  const unpack = UNPACK[key.slice(key.lastIndexOf(".") + 1)];
  if (!unpack)
    throw new BackupError(
      "refused",
      `${key}: must be compressed as zstd or gzip, or not at all; set acci:restore.from to dump`,
    );
  return (await unpack(await buffer(await store.get(key)))).toString();
}
