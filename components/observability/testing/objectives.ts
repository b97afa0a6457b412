import type { SloArgs } from "../objectives.ts";

/** Objectives whose numbers the tests know. */
export const SLO: SloArgs = {
  windowDays: 30,
  availability: 99.9,
  latency: { objective: 99, thresholdSeconds: 0.5 },
  dumpAge: { objective: 99, hours: 26 },
  minimumErrors: 10,
};
