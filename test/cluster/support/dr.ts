import type { Footprint } from "../../../config/footprint.ts";
import { merge } from "../../../tooling/maps.ts";
import { besideDev } from "./production.ts";
import { Site } from "./site.ts";

export const dr = new Site("acci-dr", "dr.acci-framework.dev");

/** Configuration for dr to stand in for prod, beside dev; the rest of its configuration is prod's. */
export const rehearsal = besideDev("dr");

/** Configuration for dr to stand in for dev, with fewer instances and that footprint. */
export const inPlaceOfDev = (footprint: Footprint) =>
  merge(besideDev("dr", footprint), {
    "acci:postgres": { instances: 2 },
    "acci:backups": { store: { prefix: "dev" } },
  });
