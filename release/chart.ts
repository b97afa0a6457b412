/** `make chart [PUSH=oci://host/path] [PLAIN_HTTP=1]`: the chart as a package, in a folder that any web server turns into a repository. */
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { helm } from "../tooling/helm.ts";
import { project } from "../tooling/paths.ts";

const chart = path.join(project, "helm");

/** Answers the package's path. */
async function pack(folder: string): Promise<string> {
  await helm(["lint", "--strict", "--quiet", chart]);
  mkdirSync(folder, { recursive: true });
  const printed = await helm(["package", chart, "--destination", folder]);
  return printed.slice(printed.indexOf("/")).trim();
}

/** Earlier versions stay in the index with the time they came, also those whose packages are kept elsewhere. */
async function index(folder: string): Promise<string> {
  const file = path.join(folder, "index.yaml");
  await helm(["repo", "index", folder, ...(existsSync(file) ? ["--merge", file] : [])]);
  return file;
}

/** Throws before anything is made. */
function checkTarget(target: string): void {
  if (target !== "" && !/^oci:\/\/[^/\s]+\/[^\s]+$/.test(target))
    throw new Error(
      `PUSH: must be a folder of an OCI registry, got ${target}; set it to, for example, oci://registry.example.org/charts`,
    );
}

async function main(): Promise<void> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const folder = path.resolve(positionals[0] ?? path.join(project, "dist", "charts"));
  const target = process.env.PUSH ?? "";
  checkTarget(target);
  const packed = await pack(folder);
  console.log(`packaged ${packed}`);
  console.log(`indexed  ${await index(folder)}`);
  if (target === "") return;
  const plain = process.env.PLAIN_HTTP === "1" ? ["--plain-http"] : [];
  await helm(["push", packed, target, ...plain]);
  // Of acci-framework-0.1.0.tgz Helm makes acci-framework:0.1.0.
  console.log(`pushed   ${target}/${path.basename(packed, ".tgz").replace(/-(?=\d+\.\d+\.\d+)/, ":")}`);
}

try {
  await main();
} catch (error) {
  console.error(`chart: ${(error as Error).message}`);
  process.exitCode = 1;
}
