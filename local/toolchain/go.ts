import { spawn } from "node:child_process";
import { existsSync, readdirSync, renameSync } from "node:fs";
import path from "node:path";
import { cache, inCache } from "../../tooling/paths.ts";
import { run } from "../../tooling/run.ts";
import { download, SILENCE_SECONDS } from "../lib/download.ts";
import { unlisted } from "./tools.ts";

const compiled = inCache("go-build");
const sources = inCache("go-modules");
const GONE = "gone-";

const GIB = 2 ** 30;

/** With memory to spare the compiler, which lives for a second, collects no garbage: a tenth of its work. */
const collection = () => (process.availableMemory() > 6 * GIB ? { GOGC: "off", GOMEMLIMIT: "3GiB" } : {});

/** How every Go command of the platform runs. */
export const goEnvironment = () => ({
  ...process.env,
  ...collection(),
  // Static: most of these run in images that have no libc.
  CGO_ENABLED: "0",
  // Binaries must not change with every commit of this repository.
  GOFLAGS: "-mod=readonly -buildvcs=false",
  GOCACHE: compiled,
  GOMODCACHE: sources,
  // Served by the proxy, but absent from the checksum database; go.sum still pins them.
  GONOSUMDB: unlisted,
});

/** Runs a Go command that fetches modules and, by its flag `-x`, prints each request. Answers what it writes to stdout. */
export const fetchModules = (what: string, command: readonly string[], cwd: string): Promise<string> =>
  download(what, () => run("go", command, { cwd, env: goEnvironment(), silenceSeconds: SILENCE_SECONDS }));

/**
 * Deletes sources and compiled packages, hundreds of thousands of files, while other work goes on. What a killed deletion has left goes with
 * them.
 */
export function removeGoCaches(): void {
  for (const folder of [compiled, sources])
    if (existsSync(folder)) renameSync(folder, path.join(cache, `${GONE}${path.basename(folder)}-${process.pid}`));
  const gone = readdirSync(cache).filter((name) => name.startsWith(GONE));
  if (gone.length === 0) return;
  // Go makes its module folders read-only.
  const script = 'chmod -R u+w "$@"; rm -rf "$@"';
  spawn("sh", ["-c", script, "sh", ...gone], { cwd: cache, detached: true, stdio: "ignore" }).unref();
}
