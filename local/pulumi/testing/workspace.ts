import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { bin as tools } from "../../../tooling/paths.ts";
import { keepNoLogs } from "../../stack/logs.ts";
import { installPlugins, offlineEnvironment } from "../install.ts";

const repository = resolve(__dirname, "../../..");

/** A temporary Pulumi project with a file backend, run by the real CLI with the stand-in plugins. */
export class Workspace {
  readonly folder = mkdtempSync(join(tmpdir(), "acci-cli-"));
  readonly env: NodeJS.ProcessEnv;

  constructor(extraEnv: NodeJS.ProcessEnv = {}) {
    const [home, bin, state] = ["home", "bin", "state"].map((name) => join(this.folder, name)) as [
      string,
      string,
      string,
    ];
    for (const folder of [home, bin, state]) mkdirSync(folder, { recursive: true });
    installPlugins(home, bin);
    keepNoLogs(home);
    symlinkSync(join(repository, "node_modules"), join(this.folder, "node_modules"));
    writeFileSync(
      join(this.folder, "Pulumi.yaml"),
      "name: stand-in\nruntime:\n  name: nodejs\n  options: {typescript: false}\n",
    );
    writeFileSync(join(this.folder, "package.json"), JSON.stringify({ name: "stand-in", main: "index.js" }));
    this.env = {
      ...process.env,
      ...offlineEnvironment(),
      PATH: [bin, tools, process.env.PATH].join(delimiter),
      PULUMI_HOME: home,
      PULUMI_BACKEND_URL: `file://${state}`,
      PULUMI_CONFIG_PASSPHRASE: "stand-in",
      ...extraEnv,
    };
    this.run("stack", "init", "test");
  }

  program(source: string): void {
    const imports = ["pulumi", "random", "kubernetes", "docker", "docker-build"]
      .map((name) => `get ${name.replace("-", "_")}() { return require("@pulumi/${name}"); }`)
      .join(", ");
    writeFileSync(join(this.folder, "index.js"), `const sdk = { ${imports} };\n${source}\n`);
  }

  /** Output of a command that must succeed. */
  run(...args: string[]): string {
    return execFileSync("pulumi", [...args, "--non-interactive"], this.options());
  }

  /** Output of a command that must fail. */
  fail(...args: string[]): string {
    try {
      const output = this.run(...args);
      throw new Error(`pulumi ${args.join(" ")} succeeded:\n${output}`);
    } catch (error) {
      const { stdout, stderr } = error as { stdout?: string; stderr?: string };
      if (stdout === undefined) throw error;
      return stdout + (stderr ?? "");
    }
  }

  start(...args: string[]): ChildProcess {
    return spawn("pulumi", [...args, "--non-interactive"], {
      cwd: this.folder,
      env: this.env,
      stdio: "pipe",
    });
  }

  outputs(): Record<string, unknown> {
    return JSON.parse(this.run("stack", "output", "--json", "--show-secrets")) as Record<string, unknown>;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private options() {
    return {
      cwd: this.folder,
      env: this.env,
      encoding: "utf8" as const,
      stdio: "pipe" as const,
    };
  }
}
