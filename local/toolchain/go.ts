import { rmSync } from "node:fs";
import { inCache } from "../lib/paths.ts";
import { run } from "../lib/run.ts";
import { unlisted } from "./tools.ts";

const compiled = inCache("go-build");
const sources = inCache("go-modules");

/** How every Go command of the platform runs. */
export const goEnvironment = () => ({
  ...process.env,
  // Static: most of these run in images that have no libc.
  CGO_ENABLED: "0",
  // Binaries must not change with every commit of this repository.
  GOFLAGS: "-mod=readonly -buildvcs=false",
  GOCACHE: compiled,
  GOMODCACHE: sources,
  // Served by the proxy, but absent from the checksum database; go.sum still pins them.
  GONOSUMDB: unlisted,
});

export async function removeGoCaches(): Promise<void> {
  // Go makes its module folders read-only.
  await run("chmod", ["-R", "u+w", sources]).catch(() => {});
  for (const folder of [compiled, sources]) rmSync(folder, { recursive: true, force: true });
}
