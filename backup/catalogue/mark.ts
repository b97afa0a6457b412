import { z } from "zod";
import { BackupError } from "../errors.ts";
import { changeDocument, type Document, readDocument } from "../store/document.ts";
import type { Store } from "../store/store.ts";
import { seal, unseal } from "./seal.ts";

export const MARK = "mark.json";

/**
 * The highest revision of the catalogue so far. It is written after each change of the catalogue and never decreases, so a catalogue that
 * is read afterwards with a lower revision is an old one that was put back.
 */
const markSchema = z.strictObject({
  /** Revision of the catalogue. */
  revision: z.int().positive(),
  /** Checksum of the catalogue of that revision. */
  catalogue: z.string(),
});
export type Mark = z.infer<typeof markSchema>;

const DOCUMENT: Document<Mark> = {
  key: MARK,
  parse(body, store) {
    try {
      return markSchema.parse(unseal(body).content);
    } catch (error) {
      throw new BackupError(
        "refused",
        `${store.place}: ${MARK} must be a mark of the catalogue: ${(error as Error).message}; ` +
          "put the object's newest good version back, or remove it when catalogue.json is known to be the newest",
      );
    }
  },
  print: seal,
};

export const readMark = (store: Store): Promise<Mark | undefined> => readDocument(store, DOCUMENT);

/** Raises the mark; a higher one that another writer has set stays. */
export async function raiseMark(store: Store, to: Mark): Promise<void> {
  await changeDocument(store, DOCUMENT, (found) => (found && found.revision >= to.revision ? found : to));
}
