import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { TestPostgres } from "../../backup/testing/postgres.ts";
import { run } from "../../tooling/run.ts";

/** A kubectl that runs locally what a command would run in the primary's pod. */
const KUBECTL = `#!/bin/bash
for word in "$@"; do
  shift
  case $word in
    get) echo pod/postgres-1; exit ;;
    --) exec "$@" ;;
  esac
done`;

/** A database server, and the commands of ops/ with that server as the primary of dev. */
export class Primary {
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), "acci-primary-"));
  readonly #postgres = TestPostgres.start();

  constructor() {
    writeFileSync(path.join(this.#folder, "kubectl"), KUBECTL);
    chmodSync(path.join(this.#folder, "kubectl"), 0o755);
  }

  readonly sql = <T extends Record<string, unknown>>(statements: string, database = "acci"): Promise<T[]> =>
    this.#postgres.query<T>(this.#postgres.connection(database), statements);

  readonly command = (name: string, ...args: string[]): Promise<string> =>
    run(process.execPath, [path.join(import.meta.dirname, "..", "cli.ts"), name, "dev", ...args], {
      env: {
        ...process.env,
        ACCI_CONTEXT: "",
        PATH: `${this.#folder}:${process.env["PATH"]}`,
        PGHOST: this.#postgres.folder,
        PGUSER: "postgres",
      },
    });

  stop(): void {
    this.#postgres.stop();
    rmSync(this.#folder, { recursive: true });
  }
}
