import { markdownOf } from "./page.ts";
import type { RolloutRecord } from "./record.ts";

const rollout = (startedAt: string, over: Partial<RolloutRecord> = {}): RolloutRecord => ({
  site: "acci-test",
  version: "0123456789abcdef",
  startedAt,
  finishedAt: "2026-01-01T00:01:40.000Z",
  done: [{ weight: 10, seconds: 60, verdict: "for", canary: { count: 200, failed: 0, slow: 0 } }],
  decision: "passed",
  ...over,
});

test("lists the rollouts, the newest first, with what decided them", () => {
  const bad = rollout("2026-01-01T00:01:00.000Z", {
    decision: "taken back",
    done: [{ weight: 10, seconds: 6, verdict: "against", canary: { count: 20, failed: 2, slow: 0 } }],
    reasons: ["failed | slow"],
  });
  expect(markdownOf([rollout("2026-01-01T00:00:00.000Z"), bad])).toBe(`# Rollouts

1 of 2 passed.

| Started (UTC) | Version | Decision | Took | Steps | Reasons |
| --- | --- | --- | --- | --- | --- |
| 2026-01-01 00:01 | 0123456789abcdef | taken back | 40 s | 10 %: 20 requests, 10 % failed (against) | failed \\| slow |
| 2026-01-01 00:00 | 0123456789abcdef | passed | 100 s | 10 %: 200 requests, 0 % failed (for) |  |
`);
});
