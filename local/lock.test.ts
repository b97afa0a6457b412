import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type * as Lock from "./lock.ts";

const home = mkdtempSync(path.join(os.tmpdir(), "acci-lock-"));
process.env["ACCI_HOME"] = home;
afterAll(() => rmSync(home, { recursive: true }));

/** Whether another process could take the lock. */
const isFree = () => spawnSync("flock", ["--nonblock", path.join(home, "lock"), "true"]).status === 0;

/** Loads the module again for each test, as a process that does not hold the lock. */
let lock: typeof Lock;
beforeEach(async () => {
  jest.resetModules();
  lock = await import("./lock.ts");
});

it("is given back when the work is over, well or not", async () => {
  expect(await lock.withPlatform(() => Promise.resolve(isFree()))).toBe(false);
  expect(isFree()).toBe(true);
  await expect(lock.withPlatform(() => Promise.reject(new Error("no image")))).rejects.toThrow("no image");
  expect(isFree()).toBe(true);
});

it("is given back in a process that has nothing else to do, whose next step follows", () => {
  const script = `
    const { withPlatform } = await import(${JSON.stringify(path.join(import.meta.dirname, "lock.ts"))});
    await withPlatform(() => Promise.resolve());
    console.log("next step");
  `;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  expect(stdout).toBe("next step\n");
});

it("lets the work of one process take turns", async () => {
  const seen: string[] = [];
  const work = (name: string) => async () => {
    seen.push(`${name} begins`);
    await new Promise((next) => setImmediate(next));
    seen.push(`${name} ends`);
  };
  await Promise.all([lock.withPlatform(work("one")), lock.withPlatform(work("two"))]);
  expect(seen).toEqual(["one begins", "one ends", "two begins", "two ends"]);
});

it("is waited for, with a word, while another process has it", async () => {
  const other = await import("./lock.ts");
  jest.resetModules();
  const { withPlatform } = await import("./lock.ts");
  const words = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  let finish!: () => void;
  const first = other.withPlatform(() => new Promise<void>((resolve) => (finish = resolve)));
  while (isFree()) await new Promise((next) => setImmediate(next));
  const second = withPlatform(() => Promise.resolve("built"));
  while (words.mock.calls.length === 0) await new Promise((next) => setImmediate(next));
  expect(words).toHaveBeenCalledWith("waiting for another command that builds for the platform\n");
  finish();
  await first;
  expect(await second).toBe("built");
  words.mockRestore();
});

it("is taken once by a process that keeps it, whose work goes on with it", async () => {
  await lock.takePlatform();
  expect(await lock.withPlatform(() => Promise.resolve("built"))).toBe("built");
  expect(isFree()).toBe(false);
  jest.resetModules();
  await expect((await import("./lock.ts")).takePlatform()).rejects.toThrow(/platform: another `make up`/);
});
