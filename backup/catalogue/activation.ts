import { BackupError } from "../errors.ts";
import { type Store } from "../store/store.ts";
import { changeCatalogue } from "./document.ts";
import { describeTenure } from "./ownership.ts";
import { type Catalogue, type Tenure } from "./schema.ts";

export interface Activation {
  readonly site: string;
  /** The active site when the failover was decided. Of several sites that want to follow it, one succeeds. */
  readonly from: Tenure;
  /** Id of the dump that the new site begins with. */
  readonly dump?: string;
  /** Condition on the catalogue at the moment of the change; false gives up. @default - always true */
  readonly admit?: (catalogue: Catalogue) => boolean;
}

/** Makes a site the active one. From then on the old site cannot publish. Repeating it changes nothing. */
export async function activate(store: Store, { admit, dump, from, site }: Activation): Promise<Tenure> {
  const at = (await store.now()).toISOString();
  const taken = await changeCatalogue(store, (catalogue) => {
    if (!catalogue) throw nothingThere(store, site);
    if (isDone(catalogue, site, from)) return catalogue;
    if (catalogue.site !== from.site || catalogue.epoch !== from.epoch) throw late(catalogue, site, from);
    if (admit && !admit(catalogue)) return catalogue;
    return { ...catalogue, site, epoch: from.epoch + 1, takeover: { from, at, ...(dump && { dump }) } };
  });
  return { site: taken.site, epoch: taken.epoch };
}

const isDone = ({ site, epoch, takeover }: Catalogue, by: string, from: Tenure) =>
  site === by && epoch === from.epoch + 1 && takeover?.from.site === from.site;

const nothingThere = (store: Store, site: string) =>
  new BackupError(
    "refused",
    `${store.place}: has no catalogue, so ${site} has nothing to fail over from; correct bucket and prefix, or wait for the first dump`,
  );

const late = (catalogue: Catalogue, site: string, from: Tenure) =>
  new BackupError(
    "fenced",
    `catalogue: ${site} wants to fail over from ${describeTenure(from)}, got ${describeTenure(catalogue)} as the active site; ` +
      "another failover came first, look at that site and decide again",
  );
