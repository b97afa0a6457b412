import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type * as Durations from "./durations.ts";

let cache: string;
let durations: typeof Durations;
beforeEach(async () => {
  cache = mkdtempSync(path.join(os.tmpdir(), "acci-durations-"));
  process.env.ACCI_CACHE = cache;
  jest.resetModules();
  durations = await import("./durations.ts");
});
afterEach(() => {
  delete process.env.ACCI_CACHE;
  rmSync(cache, { recursive: true });
});

it("expects what a phase took here, and until it ran here what it typically takes", () => {
  const { expected, remember, total } = durations;
  expect(expected("building kube")).toBeGreaterThan(100);
  remember("building kube", 61.4);
  expect(expected("building kube")).toBe(61);
  expect(total(["building kube", "what nobody ever measured"])).toBe(66);
});

it("does not learn from a phase that found its work done", () => {
  durations.remember("building kube", 0.3);
  expect(durations.expected("building kube")).toBeGreaterThan(100);
});

it("says minutes as minutes", () => {
  writeFileSync(path.join(cache, "durations.json"), JSON.stringify({ short: 20, long: 300 }));
  expect(["short", "long"].map((phase) => durations.duration(durations.expected(phase)!))).toEqual(["20 s", "5 min"]);
});
