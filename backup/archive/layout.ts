import type { Listed } from "../store/store.ts";

/** Folder of the archives, beside the dumps. Each server has one below it. */
export const folderOf = (server: string) => `wal/${server}/`;

/** What the Barman plugin keeps for a server, by the names of its objects. */
export interface Layout {
  /** When each segment reached the archive, by its name. */
  readonly segments: ReadonlyMap<string, Date>;
  /** Keys of the timelines' histories, by timeline. */
  readonly histories: ReadonlyMap<number, string>;
  /** Keys of the base backups, by their id: what describes each, and the bytes of its files. */
  readonly backups: ReadonlyMap<string, { readonly info?: string; readonly dataBytes: number }>;
}

// A suffix is that of a compression. Labels of base backups (`….00000028.backup`) and partial segments are no segments.
const SEGMENT = /^wals\/[0-9A-F]{16}\/([0-9A-F]{24})(?:\.[a-z0-9]+)?$/;
// By version of Barman a history is in a folder of its timeline, or in none.
const HISTORY = /^wals\/(?:[0-9A-F]{16}\/)?([0-9A-F]{8})\.history(?:\.[a-z0-9]+)?$/;
const BACKUP = /^base\/([^/]+)\/(.+)$/;
const PARTIAL = ".partial";

export function layoutOf(server: string, listed: Iterable<Listed>): Layout {
  const segments = new Map<string, Date>();
  const histories = new Map<number, string>();
  const backups = new Map<string, { info?: string; dataBytes: number }>();
  for (const { bytes, key, modified } of listed) {
    const name = key.slice(folderOf(server).length);
    const [, segment] = SEGMENT.exec(name) ?? [];
    const [, timeline] = HISTORY.exec(name) ?? [];
    const [, id, file] = BACKUP.exec(name) ?? [];
    if (segment && !name.endsWith(PARTIAL)) segments.set(segment, modified);
    else if (timeline) histories.set(Number.parseInt(timeline, 16), key);
    else if (id) {
      const backup = backups.get(id) ?? { dataBytes: 0 };
      backups.set(
        id,
        file === "backup.info" ? { ...backup, info: key } : { ...backup, dataBytes: backup.dataBytes + bytes },
      );
    }
  }
  return { segments, histories, backups };
}
