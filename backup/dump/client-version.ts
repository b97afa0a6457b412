import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Version of pg_dump, which writes the archives, such as `15.14`. */
export async function clientVersion(): Promise<string> {
  const { stdout } = await promisify(execFile)("pg_dump", ["--version"], { env: process.env });
  return /\d+(\.\d+)*/.exec(stdout)?.[0] ?? "unknown";
}
