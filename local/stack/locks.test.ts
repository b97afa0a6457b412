import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { isHeldByDead } from "./locks.ts";

let backend: string;
beforeEach(() => {
  backend = mkdtempSync(path.join(os.tmpdir(), "acci-locks-"));
});
afterEach(() => rmSync(backend, { recursive: true }));

/** Writes a lock as Pulumi does, with the attributes file that its bucket library adds. */
function lock(stack: string, pid: number): void {
  const folder = path.join(backend, ".pulumi/locks/organization/acci", stack);
  mkdirSync(folder, { recursive: true });
  const text = JSON.stringify({ pid, username: "root", hostname: "here", timestamp: "2026-01-01T00:00:00Z" });
  writeFileSync(path.join(folder, `${pid}.json`), text);
  writeFileSync(path.join(folder, `${pid}.json.attrs`), "{}");
}

test("a stack is held by the dead when the process that locked it is gone", () => {
  const { pid: dead } = spawnSync("true");
  expect(isHeldByDead("dev", backend)).toBe(false);
  lock("dev", process.pid);
  expect(isHeldByDead("dev", backend)).toBe(false);
  lock("prod", dead);
  expect(isHeldByDead("dev", backend)).toBe(false);
  lock("dev", dead);
  expect(isHeldByDead("dev", backend)).toBe(true);
});
