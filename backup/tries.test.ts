import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { inTries, secondsAfter } from "./tries.ts";

const folder = mkdtempSync(path.join(tmpdir(), "acci-tries-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A command with a different end at each try, which records that it ran. */
function command(...ends: (number | string)[]): { args: string[]; ran: () => number } {
  const file = path.join(folder, `${Math.random()}.mjs`);
  const log = `${file}.log`;
  writeFileSync(log, "");
  writeFileSync(
    file,
    `import { appendFileSync, readFileSync } from "node:fs";
     if (process.env.ACCI_TRIES) process.exit(99);
     const end = ${JSON.stringify(ends)}[readFileSync(${JSON.stringify(log)}, "utf8").length];
     appendFileSync(${JSON.stringify(log)}, ".");
     if (typeof end === "string") process.kill(process.pid, end);
     else process.exit(end);`,
  );
  return { args: [file], ran: () => readFileSync(log, "utf8").length };
}

const FAST = { unitMs: 0.1 };

test.each([
  ["that succeeds is run once", [0], 0, 1],
  ["refused is run once", [65, 0], 65, 1],
  ["that nothing could bring back is run once", [78, 0], 78, 1],
  ["that met a store or a database that was away is tried again", [69, 74, 0], 0, 3],
  ["gives up after so many tries", [69, 69, 69, 69], 69, 3],
  ["that ran out of memory is run once", ["SIGKILL", 0], 137, 1],
])("a command %s", async (_, ends, status, runs) => {
  const { args, ran } = command(...ends);
  expect(await inTries(args, 3, FAST)).toBe(status);
  expect(ran()).toBe(runs);
});

test("the wait doubles, as that of a Job", () => {
  expect([1, 2, 3, 4, 5, 6, 7].map(secondsAfter)).toEqual([10, 20, 40, 80, 160, 320, 360]);
});

test("a pod that is deleted ends at once, in the middle of a try or between two", async () => {
  const main = path.join(folder, "main.mjs");
  writeFileSync(
    main,
    `import { inTries } from ${JSON.stringify(path.join(import.meta.dirname, "tries.ts"))};
     process.exit(await inTries([process.argv[2]], 2));`,
  );
  const forever = path.join(folder, "forever.mjs");
  writeFileSync(forever, `console.error("at work"); setInterval(() => {}, 1000);`);
  for (const [file, sign] of [
    [forever, "at work"],
    [command(69).args[0]!, "the next one is in 10 s"],
  ] as const) {
    const child = spawn(process.execPath, [main, file]);
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    let said = "";
    child.stderr.on("data", (text: Buffer) => {
      said += text.toString();
      if (said.includes(sign)) child.kill("SIGTERM");
    });
    expect(await ended).toBe(143);
  }
});
