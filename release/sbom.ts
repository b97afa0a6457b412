import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { run } from "./run.ts";

const project = path.resolve(import.meta.dirname, "..");
const app = path.resolve(import.meta.dirname, "../app");
const name = "acci.release.cdx";

/** What made the program in an image: its locked dependencies are the SBOM. */
export type Ecosystem = "cargo" | "npm";

/** Everything the locked dependencies put into the program, as CycloneDX; `file` is gone when `use` ends. */
export const withSbom = (of: Ecosystem, use: (file: string) => Promise<void>): Promise<void> =>
  of === "cargo" ? withCargoSbom(use) : withNpmSbom(use);

async function withCargoSbom(use: (file: string) => Promise<void>): Promise<void> {
  const file = path.join(app, `${name}.json`);
  try {
    // It writes beside Cargo.toml and nowhere else.
    await run(
      "cargo",
      ...["cyclonedx", "--manifest-path", path.join(app, "Cargo.toml"), "--format", "json"],
      ...["--spec-version", "1.5", "--target", "all", "--no-build-deps", "--override-filename", name],
    );
    requireComponents(readFileSync(file, "utf8"), "run `cargo metadata` in app/");
    await use(file);
  } finally {
    if (existsSync(file)) rmSync(file);
  }
}

async function withNpmSbom(use: (file: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "acci-sbom-"));
  try {
    const file = path.join(folder, `${name}.json`);
    const locked = ["--package-lock-only", "--omit", "dev", "--workspace", "backup"];
    const sbom = await run("npm", "sbom", "--prefix", project, "--sbom-format", "cyclonedx", ...locked);
    requireComponents(sbom, "run `npm ls --workspace backup`");
    writeFileSync(file, sbom);
    await use(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function requireComponents(sbom: string, cure: string): void {
  const { components } = JSON.parse(sbom) as { components?: unknown[] };
  if (!components?.length) throw new Error(`SBOM: must name the dependencies, got none; ${cure}`);
}
