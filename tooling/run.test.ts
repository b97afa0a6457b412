import { CommandError, NotStarted, run, succeeds } from "./run.ts";

const bash = (script: string, options = {}) => run("bash", ["-c", script], options);
const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error as CommandError,
  );

it("answers what goes to stdout, with every character whole", async () => {
  const text = "ä".repeat(100_000);
  expect(await run("cat", [], { input: text })).toBe(text);
});

it("tells a failure by the command, its code and its last lines, and keeps stderr apart", async () => {
  const error = await failure(bash("echo out; echo reason >&2; exit 3"));
  expect(error).toBeInstanceOf(CommandError);
  expect([error!.code, error!.stderr]).toEqual([3, "reason\n"]);
  expect(error!.message).toMatch(/^bash -c echo out.*: exit code 3\n(out\nreason|reason\nout)$/s);
});

it("tells a program that cannot be started from one that fails", async () => {
  expect(await failure(run("/no/such/program", []))).toBeInstanceOf(NotStarted);
  expect(await failure(bash("exit 127"))).not.toBeInstanceOf(NotStarted);
});

it("ends a command by SIGTERM, and waits for what it does then", async () => {
  const abort = new AbortController();
  const script = 'trap "echo put right; exit 4" TERM; echo ready; while :; do read -rt 1 < <(:); done';
  const work = failure(bash(script, { signal: abort.signal }));
  // A signal before the trap is set would end the shell at once, which passes as well.
  abort.abort();
  const error = await work;
  expect([4, 128]).toContain(error!.code);
});

it("says whether a command succeeds", async () => {
  expect(await Promise.all([succeeds("true", []), succeeds("false", []), succeeds("/no/such", [])])).toEqual([
    true,
    false,
    false,
  ]);
});
