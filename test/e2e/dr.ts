import { Site } from "./site.ts";

export const dr = new Site("acci-dr", "dr.acci-framework.dev");

/** What the dr stack must be told to fit beside dev, with so many percent of its limits and requests, and to stand in for it. */
export const rehearsalOf = (limits: number, requests: number) => ({
  "acci:footprint": { requests, limits, volumes: 2 },
  "acci:platform": { certManager: { mode: "preinstalled" } },
  "acci:tls": { issuer: "acme-of-dr" },
  "acci:exposure": { host: dr.host },
  "acci:postgres": { antiAffinity: "preferred", instances: 2 },
  "acci:backups": { store: { prefix: "dev" } },
});

export const rehearsal = rehearsalOf(12, 6);
