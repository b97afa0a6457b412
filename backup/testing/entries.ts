import { type Unpublished } from "../catalogue/publish.ts";
import { type Catalogue, type Entry } from "../catalogue/schema.ts";

const hash = "0".repeat(64);

/** `prod-20260131t020000z-00000a` */
export const idAt = (at: Date, number: number, site = "prod") =>
  `${site}-${at.toISOString().slice(0, 19).replace(/[-:]/g, "").toLowerCase()}z-${number.toString(16).padStart(6, "0")}`;

/** A dump as its maker describes it, of a database at a time. */
export function aDump(number: number, changed: Partial<Unpublished> = {}): Unpublished {
  const at = new Date(changed.snapshotAt ?? "2026-01-31T02:00:00Z");
  const id = changed.id ?? idAt(at, number);
  const after = (seconds: number) => new Date(at.getTime() + seconds * 1000).toISOString();
  return {
    id,
    status: "verified",
    class: "scheduled",
    manifest: { key: `dumps/${id}/manifest.json`, bytes: 100, sha256: hash },
    systemIdentifier: "7000000000000000001",
    serverVersion: "15.14",
    clientVersion: "15.14",
    startedAt: at.toISOString(),
    snapshotAt: at.toISOString(),
    finishedAt: after(60),
    verifiedAt: after(120),
    bytes: 1000,
    rawBytes: 5000,
    tables: 3,
    rows: 42,
    recipients: [],
    ...changed,
  };
}

export const anEntry = (sequence: number, changed: Partial<Entry> = {}): Entry => ({
  ...aDump(sequence, changed),
  sequence,
  site: "prod",
  epoch: 1,
  ...changed,
});

export const aCatalogue = (entries: readonly Entry[], changed: Partial<Catalogue> = {}): Catalogue => ({
  format: "acci-catalogue",
  version: 1,
  site: "prod",
  epoch: 1,
  sequence: Math.max(0, ...entries.map(({ sequence }) => sequence)),
  entries: [...entries],
  ...changed,
});
