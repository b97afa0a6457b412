import { htmlOf, markdownOf } from "./page.ts";
import { aDrill } from "../testing/drills.ts";
import { EXIT_CODES } from "../contract/exit-codes.ts";

const failed = aDrill(2, { exitCode: EXIT_CODES.verification, reason: 'table <public> | "notes": differs', rows: 0 });

test("the pages have every drill, the newest first, and what was wrong", () => {
  const shown = markdownOf([aDrill(1), failed]);
  expect(shown).toContain(
    "1 of 2 went well. The last that went well, on 2026-01-01, had the application serving 42 rows",
  );
  const rows = shown.split("\n").filter((line) => line.startsWith("| 2026"));
  expect(rows).toHaveLength(2);
  expect(rows[0]).toContain(String.raw`failed: table <public> \| "notes": differs`);
  expect(rows[1]).toContain("| served | 60 s | 7200 s |");
});

test("the HTML needs no other file and takes nothing of a reason for markup", () => {
  const shown = htmlOf([aDrill(1), failed]);
  expect(shown).toContain("failed: table &lt;public&gt; | &quot;notes&quot;: differs");
  expect(shown).not.toMatch(/src=|href=|<script/);
});

test("the bars of a drill are as high as its recovery took long, and fill the chart at most", () => {
  const shown = htmlOf([aDrill(1), aDrill(8, { rtoSeconds: 30, phases: { restoring: 30 } }), failed]);
  const bars = [
    ...shown.matchAll(/<rect x="[\d.]+" y="([\d.]+)" width="[\d.]+" height="([\d.]+)" fill="(#\w+)"><title>(\S+)Z/g),
  ];
  const heightOf = (day: string) =>
    bars.filter(([, , , , at]) => at!.includes(day)).reduce((sum, [, , height]) => sum + Number(height), 0);
  expect(heightOf("2026-01-01")).toBeCloseTo(2 * heightOf("2026-01-08"), 1);
  expect(Math.min(...bars.map(([, top]) => Number(top)))).toBeGreaterThanOrEqual(0);
  expect(shown).toContain("2026-01-02T04:00:00.000Z: failed");
});

test("pages of nothing are pages", () => {
  expect(markdownOf([])).toContain("0 of 0 went well. None went well yet.");
  expect(htmlOf([])).toContain("</svg>");
});
