import type { Footprint } from "../../../config/footprint.ts";
import { merge } from "../../../tooling/maps.ts";
import { besideDev } from "./production.ts";
import { Site } from "./site.ts";

export const dr = new Site("acci-dr", "dr.acci-framework.dev");

/** What the dr stack must be told to stand in for prod, whose configuration it has. */
export const rehearsal = besideDev("dr");

/** What it must be told to stand in for dev, smaller, with so much of it. */
export const inPlaceOfDev = (footprint: Footprint) =>
  merge(besideDev("dr", footprint), {
    "acci:postgres": { instances: 2 },
    "acci:backups": { store: { prefix: "dev" } },
  });
