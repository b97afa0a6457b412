import { BackupError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { newestFirst, verifiedOf } from "./order.ts";
import { type Catalogue, type Entry } from "./schema.ts";

export type Wanted = { readonly latest: true } | { readonly at: Date } | { readonly id: string };

export interface ChoiceOptions {
  /** Id of the one dump that may be chosen although it is `bad`. */
  readonly allowFailed?: string;
}

/** The dump to restore. A dump that does not fit the request is refused; no other is taken in its place. */
export function choose(catalogue: Catalogue | undefined, wanted: Wanted, { allowFailed }: ChoiceOptions = {}): Entry {
  const entries = catalogue?.entries ?? [];
  if (entries.length === 0)
    throw refused("has no dump; look whether bucket and prefix are the right ones, and make one");
  if ("id" in wanted) return byId(entries, wanted.id, allowFailed);

  const verified = verifiedOf(entries);
  if (verified.length === 0) throw refused(`has no verified dump, ${badOnes(entries)}`);
  if ("latest" in wanted) return verified[0]!;
  return byTime(verified, wanted.at);
}

function byTime(verified: readonly Entry[], at: Date): Entry {
  const found = verified.find(({ snapshotAt }) => Date.parse(snapshotAt) <= at.getTime());
  if (found) return found;
  const oldest = verified.reduce((a, b) => (Date.parse(a.snapshotAt) <= Date.parse(b.snapshotAt) ? a : b));
  throw refused(
    `has no verified dump as old as ${at.toISOString()}; the oldest is ${oldest.id}, of ${oldest.snapshotAt}: ask for that time or a later one`,
  );
}

function byId(entries: readonly Entry[], id: string, allowFailed: string | undefined): Entry {
  const found = entries.find((entry) => entry.id === id);
  if (!found) {
    const near = nearest(
      id,
      entries.map((entry) => entry.id),
      3,
    );
    throw refused(`has no dump ${id}; the nearest are ${near.join(", ")}`);
  }
  if (found.status === "verified" || allowFailed === id) return found;
  throw refused(
    `has ${id} as bad (${found.reason ?? "no reason given"}); choose a verified one, or to restore this one all the same, name it as allowFailed too`,
  );
}

function badOnes(entries: readonly Entry[]): string {
  const [newest] = [...entries].sort(newestFirst);
  return `only bad ones, the newest ${newest!.id} (${newest!.reason ?? "no reason given"}); make a new one, or name one of them and name it as allowFailed too`;
}

const refused = (message: string) => new BackupError("refused", `catalogue: ${message}`);
