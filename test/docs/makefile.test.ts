import { spawnSync } from "node:child_process";
import { project } from "../../tooling/paths.ts";
import { read } from "./pages.ts";

const makefile = read("Makefile");
const targets = [...makefile.matchAll(/^([a-z-]+): node_modules ## /gm)].map(([, target]) => target!);
const [, table] = /^RENAMED := ((?:.*\\\n)*.*)$/m.exec(makefile)!;
const renamed = [...table!.matchAll(/([a-z-]+)=([a-z-]+)/g)].map(([, before, now]) => [before!, now!] as const);

// Below `make test`, make would print the folders that it enters and leaves.
const make = (...args: string[]) =>
  spawnSync("make", ["--no-print-directory", ...args], { cwd: project, encoding: "utf8" });

test("a renamed command is no target of its own, and its new name is one", () => {
  expect(renamed.length).toBeGreaterThan(10);
  expect(renamed.filter(([before, now]) => targets.includes(before) || !targets.includes(now))).toEqual([]);
});

test.each(renamed)("make %s does nothing but name make %s", (before, now) => {
  const { status, stderr, stdout } = make(before, "STACK=none");
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(`make ${before}: was renamed, use make ${now}\n`);
});

test("make help lists every command, under a heading", () => {
  const { stdout } = make("help");
  const listed = [...stdout.matchAll(/^ {2}make ([a-z-]+) +\S/gm)].map(([, target]) => target!);
  expect(listed).toEqual(["help", ...targets]);
  expect(stdout).toMatch(/\nRecovery\n {2}make /);
});
