import type { Footprint } from "../../lib/footprint.ts";
import { Site } from "./site.ts";

export const dr = new Site("acci-dr", "dr.acci-framework.dev");

/** What the dr stack must be told to fit beside dev, with so much of it, and to stand in for it. */
export const rehearsalOf = (footprint: Footprint) => ({
  "acci:footprint": footprint,
  "acci:platform": { certManager: { mode: "preinstalled" } },
  "acci:tls": { issuer: "acme-of-dr" },
  "acci:exposure": { host: dr.host },
  "acci:postgres": { antiAffinity: "preferred", instances: 2 },
  "acci:backups": { store: { prefix: "dev" } },
});

export const rehearsal = rehearsalOf({ requests: 6, limits: 12, volumes: 2 });
