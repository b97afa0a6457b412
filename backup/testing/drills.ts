import type { Drill } from "../drill/record.ts";

/** One that went well, on a day of January. */
export function aDrill(day: number, changed: Partial<Drill> = {}): Drill {
  const at = `2026-01-${String(day).padStart(2, "0")}T04:0`;
  return {
    site: "acci-prod",
    startedAt: `${at}0:00.000Z`,
    finishedAt: `${at}1:00.000Z`,
    exitCode: 0,
    dump: "acci-prod-20260101t020000z-00000a",
    snapshotAt: "2026-01-01T02:00:00.000Z",
    rows: 42,
    bytes: 1_500_000,
    rpoSeconds: 7200,
    rtoSeconds: 60,
    phases: { choosing: 0.1, restoring: 40, comparing: 5, application: 10, validating: 2 },
    ...changed,
  };
}
