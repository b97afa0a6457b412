import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { publish, type Unpublished } from "../catalogue/publish.ts";
import { type Entry } from "../catalogue/schema.ts";
import { type Manifest, type Stored } from "../dump/manifest.ts";
import { storeManifest } from "../dump/store-manifest.ts";
import { type Store } from "../store/store.ts";
import { aDump } from "./entries.ts";

const sha256 = (data: Buffer) => createHash("sha256").update(data).digest("hex");

async function storeBytes(store: Store, key: string, data: Buffer): Promise<Stored> {
  await store.put(key, Readable.from([data]));
  return { key, bytes: data.length, sha256: sha256(data), rawBytes: data.length, rawSha256: sha256(data) };
}

/** Puts all objects of a dump into the store and tells nobody, as a run that is killed then. Its data are no rows. */
export async function stageDump(
  store: Store,
  number: number,
  changed: Partial<Unpublished> = {},
): Promise<Unpublished> {
  const dump = aDump(number, changed);
  const folder = `dumps/${dump.id}`;
  const archive = await storeBytes(store, `${folder}/archive`, Buffer.from(`schema of ${dump.id}`));
  const data = await storeBytes(store, `${folder}/tables/1`, Buffer.from(`rows of ${dump.id}`));
  const manifest = await storeManifest(store, aManifest(dump, archive, data));
  return { ...dump, manifest, bytes: archive.bytes + data.bytes };
}

export const publishDump = async (store: Store, number: number, changed: Partial<Unpublished> = {}): Promise<Entry> =>
  publish(store, { site: "prod" }, await stageDump(store, number, changed));

function aManifest(dump: Unpublished, archive: Stored, data: Stored): Manifest {
  const { id, startedAt, snapshotAt, finishedAt, serverVersion, systemIdentifier } = dump;
  const database = {
    name: "acci",
    owner: "acci",
    encoding: "UTF8",
    collate: "C",
    ctype: "C",
    provider: "libc" as const,
    locale: null,
    icuRules: null,
    collationVersion: null,
    connectionLimit: -1,
    grants: null,
    comment: "",
  };
  return {
    format: "acci-dump",
    version: 2,
    id,
    site: "prod",
    database: { ...database, settings: [], serverVersion, serverNumber: 150014, systemIdentifier },
    clientVersion: dump.clientVersion,
    startedAt,
    snapshotAt,
    finishedAt,
    recipients: [],
    archive,
    tables: [{ schema: "public", name: "notes", columns: ["id"], rows: dump.rows, reach: "own", condition: "", data }],
    bundles: [],
    unlogged: [],
    roles: [],
    extensions: [],
    sequenceValues: [],
    populatedViews: [],
  };
}
