import { createHash } from "node:crypto";
import { text } from "node:stream/consumers";
import { BackupError } from "../errors.ts";
import type { Store } from "../store/store.ts";
import { folderOf } from "./dump.ts";
import { type Manifest, manifestSchema } from "./manifest.ts";

/** Key, size and hash of a manifest: all that the catalogue needs so that a whole dump can be checked. */
export interface ManifestReference {
  readonly key: string;
  readonly bytes: number;
  readonly sha256: string;
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

export async function storeManifest(store: Store, manifest: Manifest): Promise<ManifestReference> {
  const body = JSON.stringify(manifest);
  const key = `${folderOf(manifest.id)}/manifest.json`;
  const written = await store.write(key, body, { ifAbsent: true });
  if (written === undefined) throw new BackupError("bug", `${key}: must not exist, since its name is random`);
  return { key, bytes: Buffer.byteLength(body), sha256: sha256(body) };
}

/** Reads a manifest; throws when it is not exactly the referenced one. */
export async function readManifest(store: Store, reference: ManifestReference): Promise<Manifest> {
  const body = await text(await store.get(reference.key));
  const found = sha256(body);
  if (found !== reference.sha256)
    throw new BackupError(
      "verification",
      `${reference.key}: SHA-256 must be ${reference.sha256}, got ${found}; the object was changed`,
    );
  return manifestSchema.parse(JSON.parse(body));
}
