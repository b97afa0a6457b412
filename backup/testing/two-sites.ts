import { openStore, type Store } from "../store/store.ts";
import { NOTES, Site } from "./site.ts";
import { TestStore } from "./store.ts";

export interface TwoSites {
  readonly objects: TestStore;
  readonly store: Store;
  /** With a table of notes. */
  readonly prod: Site;
  /** With an empty database. */
  readonly dr: Site;
}

/** Two sites with one store for the tests of a file. Before each test both are reset, and `use` is given them. */
export function twoSites(use: (sites: TwoSites) => void): void {
  let objects: TestStore;
  let store: Store;
  let prod: Site;
  let dr: Site;

  beforeAll(async () => {
    objects = await TestStore.start();
    // A server starts while nothing else of this process goes on, the other's connection neither.
    prod = await Site.start("prod", () => store);
    dr = await Site.start("dr", () => store);
  });
  afterAll(async () => {
    prod.stop();
    dr.stop();
    await objects.stop();
  });
  beforeEach(async () => {
    store = openStore(objects.settings());
    await Promise.all([prod.reset(NOTES), dr.reset()]);
    use({ objects, store, prod, dr });
  });
  afterEach(() => store.close());
}
