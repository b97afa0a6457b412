import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, writeFileSync } from "node:fs";
import path from "node:path";
import { commandOf } from "../../../tooling/command.ts";
import { freePort } from "../../../tooling/free-port.ts";
import { until } from "../../../tooling/until.ts";

/** A collector as a process, with a configuration that has the extension `health_check`. */
export class Otelcol {
  readonly #file: string;
  readonly #config: { extensions: { health_check: { endpoint: string } } };
  #process: ChildProcess | undefined;

  constructor(folder: string, name: string, config: { extensions: { health_check: { endpoint: string } } }) {
    this.#file = path.join(folder, `${name}.json`);
    this.#config = config;
  }

  async start(): Promise<void> {
    const endpoint = `127.0.0.1:${await freePort()}`;
    const extensions = { ...this.#config.extensions, health_check: { endpoint } };
    // JSON is valid YAML.
    writeFileSync(this.#file, JSON.stringify({ ...this.#config, extensions }));
    const log = openSync(`${this.#file}.log`, "a");
    this.#process = spawn(commandOf("otelcol"), [`--config=${this.#file}`], { stdio: ["ignore", log, log] });
    await until(`${this.#file}, whose log is beside it`, 30, async () => (await fetch(`http://${endpoint}/`)).ok);
  }

  /** SIGTERM lets it finish, SIGKILL does not. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (!running || running.exitCode !== null) return;
    const ended = once(running, "exit");
    running.kill(signal);
    await ended;
  }
}
