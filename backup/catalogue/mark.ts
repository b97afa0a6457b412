import { z } from "zod";
import { BackupError } from "../errors.ts";
import { changeDocument, type Document, readDocument } from "../store/document.ts";
import type { Store } from "../store/store.ts";
import { seal, unseal } from "./seal.ts";

export const MARK = "mark.json";

/**
 * How far the catalogue has come. It is written after each change of the catalogue, never goes back, and so is never ahead of
 * a catalogue that is read after it, unless somebody put an older one in its place.
 */
const markSchema = z.strictObject({
  /** The catalogue's, once. */
  revision: z.int().positive(),
  /** Of the catalogue of that revision. */
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
        `${store.place}: ${MARK} must be a mark of the catalogue, got another thing, ${(error as Error).message}; ` +
          "put the object's newest good version back, or remove it when catalogue.json is known to be the newest",
      );
    }
  },
  print: seal,
};

export const readMark = (store: Store): Promise<Mark | undefined> => readDocument(store, DOCUMENT);

/** Another may have come further by now. */
export async function raiseMark(store: Store, to: Mark): Promise<void> {
  await changeDocument(store, DOCUMENT, (found) => (found && found.revision >= to.revision ? found : to));
}
