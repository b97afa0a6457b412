import { z } from "zod";
import { BackupError } from "../errors.ts";
import { changeDocument, type Document, readDocument } from "../store/document.ts";
import type { Store } from "../store/store.ts";
import { catalogueSchema, type Catalogue } from "./schema.ts";

export const CATALOGUE = "catalogue.json";

const DOCUMENT: Document<Catalogue> = {
  key: CATALOGUE,
  parse(body, store) {
    const { success, data, error } = catalogueSchema.safeParse(jsonOf(body));
    if (success) return data;
    const problems = z.prettifyError(error).split("\n").slice(0, 6).join("\n  ");
    throw new BackupError(
      "refused",
      `${store.place}: ${CATALOGUE} is not a catalogue that this version can read, nothing was changed; ` +
        `use the version that wrote it, or put the object's last good version back:\n  ${problems}`,
    );
  },
  print: (catalogue) => `${JSON.stringify(catalogueSchema.parse(catalogue), null, 2)}\n`,
};

/** Nothing when there never was one. */
export const loadCatalogue = (store: Store): Promise<Catalogue | undefined> => readDocument(store, DOCUMENT);

/** Replaces the catalogue as a whole, by compare and swap: `change` may be asked more than once. */
export const changeCatalogue = (
  store: Store,
  change: (catalogue: Catalogue | undefined) => Catalogue,
): Promise<Catalogue> => changeDocument(store, DOCUMENT, change);

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
