import { aDrill } from "../testing/drills.ts";
import { aCatalogue, anEntry } from "../testing/entries.ts";
import { recoveryMetricsOf } from "./metrics.ts";
import { EXIT_CODES } from "../contract/exit-codes.ts";

const week = 7 * 24 * 3600;
const catalogue = aCatalogue([anEntry(1), anEntry(2, { status: "bad" })]);
const valueOf = (shown: string, name: string) => new RegExp(`^${name}(?:{.*})? (.*)$`, "m").exec(shown)?.[1];

test("a drill is due an interval after the last that went well", () => {
  const drills = [aDrill(1), aDrill(2, { exitCode: EXIT_CODES.verification })];
  const shown = recoveryMetricsOf({ site: "acci-prod", catalogue, drills, every: week });
  expect(valueOf(shown, "acci_drill_due_timestamp_seconds")).toBe(
    String(Date.parse("2026-01-01T04:01:00Z") / 1000 + week),
  );
  expect(valueOf(shown, "acci_drill_last_exit_code")).toBe("77");
  expect(shown).toContain('acci_drill_phase_seconds{site="acci-prod",phase="restoring"} 40\n');
});

test("without one it is due an interval after the first dump that could be restored, and never without a dump", () => {
  const asked = { site: "acci-prod", drills: [], every: week };
  const first = Date.parse(catalogue.entries[0]!.verifiedAt) / 1000;
  expect(valueOf(recoveryMetricsOf({ ...asked, catalogue }), "acci_drill_due_timestamp_seconds")).toBe(
    String(first + week),
  );
  expect(recoveryMetricsOf({ ...asked, catalogue: undefined })).not.toContain("acci_drill_due");
});

test("a site that rehearses nothing owes nothing", () => {
  expect(recoveryMetricsOf({ site: "acci-prod", catalogue, drills: [] })).toBe("");
});
