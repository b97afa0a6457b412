import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Credentials } from "../registry/registry.ts";

const linesKept = 20;

export interface Session {
  /** Writes a file that only this user can read, removed when the session ends. */
  keep(name: string, content: string): Promise<string>;
  /** Runs buildah; `onLine` is called with each line of output as it comes. */
  run(args: readonly string[], onLine?: (line: string) => void): Promise<string>;
  readonly env: NodeJS.ProcessEnv;
}

/** Several buildah commands that share storage, credentials and temporary files. */
export async function withBuildah<T>(
  options: { signal: AbortSignal; credentials: readonly Credentials[] },
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "acci-build-"));
  const keep = async (name: string, content: string) => {
    const file = join(folder, name);
    await writeFile(file, content, { mode: 0o600 });
    return file;
  };
  const auths = options.credentials.map(({ address, username, password }) => [
    address.replace(/^https?:\/\//, ""),
    { auth: Buffer.from(`${username}:${password}`).toString("base64") },
  ]);
  const env: NodeJS.ProcessEnv = { ...process.env };
  if (auths.length > 0)
    env.REGISTRY_AUTH_FILE = await keep("auth.json", JSON.stringify({ auths: Object.fromEntries(auths) }));
  try {
    return await work({
      keep,
      env,
      run: (args, onLine) => run([...storage(), ...args], { env, signal: options.signal, onLine }),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function storage(): string[] {
  const { ACCI_BUILDAH_ROOT: root, ACCI_BUILDAH_RUNROOT: runroot } = process.env;
  return [...(root ? ["--root", root] : []), ...(runroot ? ["--runroot", runroot] : [])];
}

interface RunOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly onLine?: (line: string) => void;
}

function run(args: readonly string[], { env, signal, onLine }: RunOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("buildah", args, { env, stdio: ["ignore", "pipe", "pipe"] });
    const stop = () => void child.kill("SIGTERM");
    signal.addEventListener("abort", stop);
    process.once("exit", stop);
    const tail: string[] = [];
    let output = "";
    let step = "";
    const hear = (data: Buffer) => {
      for (const line of data
        .toString()
        .split("\n")
        .filter((part) => part.trim())) {
        if (/^(\[\S+\] )?STEP \d+/.test(line)) step = line;
        tail.push(line);
        if (tail.length > linesKept) tail.shift();
        onLine?.(line);
      }
    };
    child.stdout.on("data", (data: Buffer) => {
      output += data.toString();
      hear(data);
    });
    child.stderr.on("data", hear);
    child.on("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "ENOENT" ? new Error("buildah: not on the PATH; install it to build images here") : error),
    );
    child.on("close", (code) => {
      signal.removeEventListener("abort", stop);
      process.removeListener("exit", stop);
      if (code === 0) return resolve(output);
      const where = signal.aborted ? "cancelled" : step ? `failed at ${step}` : "failed";
      reject(new Error([`the build ${where}`, ...tail].join("\n  ")));
    });
  });
}
