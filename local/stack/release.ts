/** `node local/stack/release.ts <version>`: releases the images that the dev stack runs. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { buildImages } from "../images/build.ts";
import { hasEveryPlatform, withEveryPlatform } from "../images/platforms.ts";
import { inState } from "../lib/paths.ts";
import { inCache, project } from "../../tooling/paths.ts";
import { run } from "../../tooling/run.ts";
import { takePlatform } from "../lock.ts";
import { buildReleaseTools } from "../toolchain/build.ts";
import { existingCluster, outputs, pulumi, pulumiEnvironment } from "./pulumi.ts";

const sbomTools = inCache("cargo-cyclonedx-0.5.9");

/** Builds the SBOM generator, once. */
async function ensureSbomTools(): Promise<void> {
  if (existsSync(path.join(sbomTools, "bin/cargo-cyclonedx"))) return;
  console.log("building cargo-cyclonedx, a few minutes");
  const args = ["install", "--locked", "--root", sbomTools, "cargo-cyclonedx", "--version", "0.5.9"];
  await run("cargo", args, { log: inState("log", "release.log") });
}

/** Builds dev for every platform. Until the first release it is built for this machine alone. */
async function ensureEveryPlatform(): Promise<void> {
  if (hasEveryPlatform()) return;
  await takePlatform();
  console.log("building the dev stack's image for every platform, some minutes at the first release");
  await withEveryPlatform(async () => {
    await buildImages();
    await pulumi("dev", ["up", "--yes", "--skip-preview"], { show: true });
  });
}

try {
  if (existingCluster() === undefined) {
    await ensureEveryPlatform();
    await buildReleaseTools(inState("log", "toolchain.log"));
  }
  const { backupImageRef, imageRef } = await outputs("dev");
  await ensureSbomTools();
  const { PATH, ...env } = pulumiEnvironment();
  const { status } = spawnSync(
    process.execPath,
    [path.join(project, "release/main.ts"), process.argv[2] ?? "", String(imageRef), String(backupImageRef)],
    { env: { ...env, PATH: [PATH, path.join(sbomTools, "bin")].join(path.delimiter) }, stdio: "inherit" },
  );
  process.exit(status ?? 1);
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
