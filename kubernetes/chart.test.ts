import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chartChecksum } from "./chart.ts";
import { project } from "../tooling/paths.ts";

const copy = mkdtempSync(join(tmpdir(), "acci-chart-"));
afterAll(() => rmSync(copy, { recursive: true }));

test("an edited template changes the digest, another place does not", () => {
  const original = chartChecksum(join(project, "helm"));
  cpSync(join(project, "helm"), copy, { recursive: true });
  expect(chartChecksum(copy)).toBe(original);
  writeFileSync(join(copy, "templates", "service.yaml"), "kind: Service");
  expect(chartChecksum(copy)).not.toBe(original);
});
