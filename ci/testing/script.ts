import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { project } from "../../tooling/paths.ts";

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script as a workflow does, with a `pulumi` that replays a recorded event log. */
export class Scripts {
  readonly folder = mkdtempSync(path.join(tmpdir(), "acci-ci-"));

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  /** Sets the event log and exit code of every later `pulumi`. */
  play(events: string, code: number): void {
    const bin = path.join(this.folder, "bin");
    mkdirSync(bin, { recursive: true });
    const called = `echo "$@" >> '${path.join(this.folder, "calls")}'`;
    const answer = `while [ "$1" != --event-log ]; do shift; done; cp '${events}' "$2"; exit ${code}`;
    writeFileSync(path.join(bin, "pulumi"), `#!/bin/sh\n${called}\n${answer}\n`, { mode: 0o755 });
  }

  /** The arguments of each call of `pulumi`, without --event-log. */
  calls(): string[] {
    const lines = readFileSync(path.join(this.folder, "calls"), "utf8").trimEnd().split("\n");
    return lines.map((line) => line.replace(/ --event-log .*$/, ""));
  }

  async run(script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Result> {
    const { PULUMI_BACKEND_URL: _url, PULUMI_ACCESS_TOKEN: _token, GITHUB_BASE_REF: _base, ...outer } = process.env;
    const child = spawn(process.execPath, [path.join(project, "ci", script), ...args], {
      env: { ...outer, PATH: [path.join(this.folder, "bin"), process.env.PATH].join(path.delimiter), ...env },
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const [code] = (await once(child, "close")) as [number];
    return { code, stdout, stderr };
  }
}
