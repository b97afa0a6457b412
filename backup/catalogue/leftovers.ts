import { type Listed, type Store, type Unfinished } from "../store/store.ts";

export const DUMPS = "dumps/";

/** The objects of one dump, whether or not the catalogue has it. */
export interface Folder {
  readonly id: string;
  readonly keys: string[];
  bytes: number;
  /** Time of the newest object, by the store's clock. */
  modified: Date;
}

export async function foldersOf(store: Store): Promise<Folder[]> {
  const folders = new Map<string, Folder>();
  for await (const object of store.list(DUMPS)) {
    const id = idOf(object.key);
    const folder = folders.get(id) ?? { id, keys: [], bytes: 0, modified: object.modified };
    folders.set(id, add(folder, object));
  }
  return [...folders.values()];
}

function add(folder: Folder, { key, bytes, modified }: Listed): Folder {
  folder.keys.push(key);
  folder.bytes += bytes;
  if (modified > folder.modified) folder.modified = modified;
  return folder;
}

export async function unfinishedOf(store: Store): Promise<Unfinished[]> {
  const uploads: Unfinished[] = [];
  for await (const upload of store.unfinished(DUMPS)) uploads.push(upload);
  return uploads;
}

export const idOf = (key: string) => key.slice(DUMPS.length).split("/")[0]!;
