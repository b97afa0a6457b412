import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { run } from "./run.ts";

const app = path.resolve(import.meta.dirname, "../app");
const name = "acci.release.cdx";

/** Everything the locked dependencies put into the program, as CycloneDX; `file` is gone when `use` ends. */
export async function withSbom(use: (file: string) => Promise<void>): Promise<void> {
  const file = path.join(app, `${name}.json`);
  try {
    // It writes beside Cargo.toml and nowhere else.
    await run(
      "cargo",
      ...["cyclonedx", "--manifest-path", path.join(app, "Cargo.toml"), "--format", "json"],
      ...["--spec-version", "1.5", "--target", "all", "--no-build-deps", "--override-filename", name],
    );
    const { components } = JSON.parse(readFileSync(file, "utf8")) as { components?: unknown[] };
    if (!components?.length)
      throw new Error("SBOM: must name the dependencies, got none; run `cargo metadata` in app/");
    await use(file);
  } finally {
    if (existsSync(file)) rmSync(file);
  }
}
