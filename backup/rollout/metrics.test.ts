import { rolloutMetricsOf } from "./metrics.ts";
import type { RolloutRecord } from "./record.ts";

const rollout = (decision: RolloutRecord["decision"]): RolloutRecord => ({
  site: "acci-prod",
  version: "0123456789abcdef",
  startedAt: "2026-01-01T00:00:00.000Z",
  finishedAt: "2026-01-01T00:10:00.000Z",
  done: [],
  ...(decision ? { decision } : {}),
});

test.each([
  ["passed", "0"],
  ["taken back", "1"],
] as const)("the last rollout, which was %s, decides", (decision, value) => {
  const shown = rolloutMetricsOf("acci-prod", [rollout("taken back"), rollout(decision)]);
  expect(shown).toContain(`acci_rollout_last_taken_back{site="acci-prod"} ${value}\n`);
  expect(shown).toContain(
    `acci_rollout_last_timestamp_seconds{site="acci-prod"} ${Date.parse("2026-01-01T00:10:00Z") / 1000}\n`,
  );
});

test("before the first rollout there is nothing to tell", () => {
  expect(rolloutMetricsOf("acci-prod", [])).toBe("");
});
