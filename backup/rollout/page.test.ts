import { htmlOf, markdownOf } from "./page.ts";
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
  expect(markdownOf([rollout("2026-01-01T00:00:00.000Z"), bad])).toBe(`# Rollouts of acci-test

1 of 2 passed.

| Started (UTC) | Version | Decision | Took | Steps | Reasons |
| --- | --- | --- | --- | --- | --- |
| 2026-01-01 00:01 | 0123456789abcdef | taken back | 40 s | 10 %: 20 requests, 10 % failed (against) | failed \\| slow |
| 2026-01-01 00:00 | 0123456789abcdef | passed | 100 s | 10 %: 200 requests, 0 % failed (for) |  |
`);
});

test("one that was switched back says so, and how fast", () => {
  const back = rollout("2026-01-01T00:00:00.000Z", { switchedBack: { at: "2026-01-02T00:00:00.000Z", seconds: 1.4 } });
  expect(markdownOf([back])).toContain("| passed, switched back in 1.4 s |");
});

test("the page draws the worst step of the new version beside the stable release, and takes nothing for markup", () => {
  const requests = (failed: number) => ({ count: 100, failed, slow: 0, p95: 0.2 });
  const bad = rollout("2026-01-02T00:00:00.000Z", {
    decision: "taken back",
    done: [
      { weight: 10, seconds: 6, verdict: "for", canary: requests(2), stable: requests(1) },
      { weight: 50, seconds: 6, verdict: "against", canary: requests(8), stable: requests(1) },
    ],
    reasons: ["<b>"],
  });
  const shown = htmlOf([rollout("2026-01-01T00:00:00.000Z"), bad]);
  const heights = [...shown.matchAll(/height="([\d.]+)" fill="(#\w+)"><title>2026-01-02\S+ failed requests/g)];
  expect(heights).toHaveLength(2);
  expect(Number(heights[0]![1])).toBeCloseTo(8 * Number(heights[1]![1]), 6);
  expect(heights[0]![2]).toBe("#c5221f");
  expect(shown.match(/<svg/g)).toHaveLength(3);
  expect(shown).toContain("&lt;b&gt;");
  expect(shown).not.toMatch(/src=|href=|<script|NaN/);
  expect(htmlOf([])).toContain("</svg>");
});
