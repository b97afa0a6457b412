import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import path from "node:path";
import { until } from "../../../tooling/until.ts";

/** Programs of one test, whose logs are in its folder. */
export class Processes {
  readonly folder: string;
  readonly #running: ChildProcess[] = [];

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Starts a program of the PATH and waits until it answers there. */
  async start(name: string, program: string, args: readonly string[], url: string, env: NodeJS.ProcessEnv = {}) {
    const log = openSync(path.join(this.folder, `${name}.log`), "a");
    const options = { stdio: ["ignore", log, log], env: { ...process.env, ...env } } as const;
    this.#running.push(spawn(program, args, { ...options, stdio: [...options.stdio] }));
    await until(`${name}, whose log is in ${this.folder}`, 30, async () => (await fetch(url)).ok);
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.#running.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const ended = once(child, "exit");
        child.kill("SIGKILL");
        await ended;
      }),
    );
  }
}
