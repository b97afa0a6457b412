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

/** With enough memory the compiler collects no garbage, which saves a tenth of its work: it lives for a second. */
const collection = () => (process.availableMemory() > 6 * GIB ? { GOGC: "off", GOMEMLIMIT: "3GiB" } : {});

/** Environment of every Go command of the platform. */
export const goEnvironment = () => ({
  ...process.env,
  ...collection(),
  // Static binaries, because most of them run in images without a libc.
  CGO_ENABLED: "0",
  // No VCS stamp, so that binaries do not change with every commit of this repository.
  GOFLAGS: "-mod=readonly -buildvcs=false",
  GOCACHE: compiled,
  GOMODCACHE: sources,
  // The proxy has these modules, but the checksum database lacks them; go.sum still pins them.
  GONOSUMDB: unlisted,
});

/**
 * Packages compiled without inlining, which is a third of the compiler's work. Their code waits for others: controllers, typed clients and
 * commands. What is called for every request or byte is inlined as usual: the API machinery, encoders, networking and the standard library.
 */
const COLD = [
  ...["kubernetes", "kubectl", "apiextensions-apiserver", "kube-aggregator"].map((name) => `k8s.io/${name}/...`),
  ...["kubernetes", "informers", "listers", "applyconfigurations"].map((name) => `k8s.io/client-go/${name}/...`),
  "sigs.k8s.io/kustomize/...",
  "github.com/cert-manager/cert-manager/...",
];

/** Flags of the compiler. The linker strips debug data anyway; without it the build cache is half as large. */
export const compilerFlags = () => [
  "-gcflags=all=-dwarf=false",
  ...COLD.map((packages) => `-gcflags=${packages}=-dwarf=false -l`),
];

/** Runs a Go command that fetches modules, and returns its stdout. The command must have the flag `-x`, which prints each request. */
export const fetchModules = (what: string, command: readonly string[], cwd: string): Promise<string> =>
  download(what, () => run("go", command, { cwd, env: goEnvironment(), silenceSeconds: SILENCE_SECONDS }));

/**
 * Deletes sources and compiled packages, hundreds of thousands of files, in the background, with what an earlier, killed deletion has
 * left.
 */
export function removeGoCaches(): void {
  for (const folder of [compiled, sources])
    if (existsSync(folder)) renameSync(folder, path.join(cache, `${GONE}${path.basename(folder)}-${process.pid}`));
  const gone = readdirSync(cache).filter((name) => name.startsWith(GONE));
  if (gone.length === 0) return;
  // Go makes its module folders read-only, so they are made writable first.
  const script = 'chmod -R u+w "$@"; rm -rf "$@"';
  spawn("sh", ["-c", script, "sh", ...gone], { cwd: cache, detached: true, stdio: "ignore" }).unref();
}
