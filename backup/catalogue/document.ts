import { z } from "zod";
import { BackupError } from "../errors.ts";
import { changeDocument, type Document, readDocument } from "../store/document.ts";
import type { Store } from "../store/store.ts";
import { MARK, type Mark, raiseMark, readMark } from "./mark.ts";
import { catalogueSchema, type Catalogue, documentSchema } from "./schema.ts";
import { BrokenSeal, checksumOf, seal, unseal } from "./seal.ts";

export const CATALOGUE = "catalogue.json";

/** A catalogue with its revision. */
interface Revision {
  readonly catalogue: Catalogue;
  /** 0 for catalogues written before there were revisions. */
  readonly revision: number;
  /** @default - the catalogue was written before there were checksums */
  readonly checksum?: string;
}

const DOCUMENT: Document<Revision> = {
  key: CATALOGUE,
  parse(body, store) {
    const { checksum, content } = unsealed(store, body);
    const { success, data, error } = documentSchema.omit({ checksum: true }).safeParse(content);
    if (success) {
      const { revision = 0, ...catalogue } = data;
      return { catalogue, revision, ...(checksum && { checksum }) };
    }
    const problems = z.prettifyError(error).split("\n").slice(0, 6).join("\n  ");
    throw new BackupError(
      "refused",
      `${store.place}: ${CATALOGUE} is not a catalogue that this version can read, nothing was changed; ` +
        `use the version that wrote it, or put the object's last good version back:\n  ${problems}`,
    );
  },
  print: (revision) => seal(contentOf(revision)),
};

const contentOf = ({ catalogue, revision }: Revision) => ({ ...catalogueSchema.parse(catalogue), revision });

/** The catalogue, or undefined when there never was one. */
export async function loadCatalogue(store: Store): Promise<Catalogue | undefined> {
  const [mark, found] = await Promise.all([readMark(store), readDocument(store, DOCUMENT)]);
  // Read twice, because a change between reading the catalogue and the mark looks like an old catalogue.
  const certain = behind(found, mark) ? await readDocument(store, DOCUMENT) : found;
  refuseOlder(store, certain, mark);
  return certain?.catalogue;
}

/** Replaces the catalogue as a whole, by compare and swap: `change` may be asked more than once. */
export async function changeCatalogue(
  store: Store,
  change: (catalogue: Catalogue | undefined) => Catalogue,
): Promise<Catalogue> {
  const mark = await readMark(store);
  const done = await changeDocument(store, DOCUMENT, (found) => {
    refuseOlder(store, found, mark);
    const changed = change(found?.catalogue);
    return found && changed === found.catalogue ? found : { catalogue: changed, revision: (found?.revision ?? 0) + 1 };
  });
  const { catalogue, checksum = checksumOf(contentOf(done)), revision } = done;
  // Also repairs the mark after a run that was killed between the two writes.
  if (revision > (mark?.revision ?? 0)) await raiseMark(store, { revision, catalogue: checksum });
  return catalogue;
}

const behind = (found: Revision | undefined, mark: Mark | undefined) =>
  mark !== undefined &&
  (!found ||
    found.revision < mark.revision ||
    (found.revision === mark.revision && found.checksum !== undefined && found.checksum !== mark.catalogue));

function refuseOlder(store: Store, found: Revision | undefined, mark: Mark | undefined): void {
  if (!mark || !behind(found, mark)) return;
  const got = found ? `${found.revision}: this is an older one that was put back` : "none: it was removed";
  throw new BackupError(
    "refused",
    `${store.place}: ${CATALOGUE} must be of revision ${mark.revision} or later, got ${got}, nothing was changed; ` +
      `put the object's newest version back, or to go on with what is there now, remove ${MARK}`,
  );
}

function unsealed(store: Store, body: string): ReturnType<typeof unseal> {
  try {
    return unseal(body);
  } catch (error) {
    if (!(error instanceof BrokenSeal)) throw error;
    throw new BackupError(
      "refused",
      `${store.place}: ${CATALOGUE} must be as it was written, but ${error.message}, nothing was changed; ` +
        "put the object's newest good version back, and look at the store's disks",
      { cause: error },
    );
  }
}
