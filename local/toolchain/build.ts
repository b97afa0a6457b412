import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import path from "node:path";
import { bin } from "../../tooling/paths.ts";
import { run } from "../../tooling/run.ts";
import { phase } from "../lib/progress.ts";
import { compilerFlags, fetchModules, goEnvironment, removeGoCaches } from "./go.ts";
import { fetchReady, readyOrCompiled } from "./ready.ts";
import { keepUpstream, upstreamKept } from "./upstream.ts";
import { keepSchemas, schemasKept } from "./schemas.ts";
import { collector, releaseTools, testTools, tools, type Tool } from "./tools.ts";
import { patchesOf, trimmedModfile } from "./trim.ts";

const folder = import.meta.dirname;

/** Hash of everything that changes what the binary does: module versions, our own main, tags and variables. */
function fingerprint(tool: Tool): string {
  const hash = createHash("sha256").update(JSON.stringify(tool));
  const own = tool.package.startsWith("./")
    ? readdirSync(path.join(folder, tool.module, tool.package)).map((name) => path.join(tool.package, name))
    : [];
  for (const file of ["go.mod", "go.sum", ...own.sort()])
    hash.update(readFileSync(path.join(folder, tool.module, file)));
  for (const patch of patchesOf(tool.module)) hash.update(patch);
  return hash.digest("hex");
}

const stamp = (tool: Tool) => path.join(bin, `.${tool.name}.sha256`);
const current = (tool: Tool) =>
  existsSync(path.join(bin, tool.name)) &&
  existsSync(stamp(tool)) &&
  readFileSync(stamp(tool), "utf8") === fingerprint(tool);

/** Identity of a built binary, from its stamp, so that a hundred megabytes need no hashing. Empty when it is not built. */
export function identityOf(name: string): string {
  const file = path.join(bin, `.${name}.sha256`);
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

const missingOf = (wanted: readonly Tool[]) => wanted.filter((tool) => !current(tool));

export const missingTools = () => missingOf(tools);

/** Name of the phase that compiles the tool. */
const building = ({ name }: Tool) => `building ${name}`;

/** Phases of building the tools, without those that can be fetched ready made. */
export const toolPhases = () =>
  missingTools()
    .filter(({ ready }) => !ready)
    .map(building);

async function make(tool: Tool, log: string, sources: Promise<unknown> | undefined): Promise<void> {
  const partial = path.join(bin, `.${tool.name}.partial`);
  const { name, ready } = tool;
  await readyOrCompiled(name, ready && (() => phase(`fetching ${name}`, () => fetchReady(ready, partial, log))), () =>
    phase(building(tool), () => build(tool, partial, log, sources ?? fetchSources(tool))),
  );
  renameSync(partial, path.join(bin, tool.name));
  writeFileSync(stamp(tool), fingerprint(tool));
}

const modfiles = new Map<string, Promise<string | undefined>>();

/** Flag for the go.mod of a module that is built with another than its own. */
async function modfileOf(module: string): Promise<string[]> {
  const known = modfiles.get(module) ?? trimmedModfile(module);
  modfiles.set(module, known);
  const file = await known;
  return file === undefined ? [] : [`-modfile=${file}`];
}

async function fetchSources({ module, name, package: program }: Tool): Promise<void> {
  const list = ["list", "-x", "-deps", ...(await modfileOf(module)), program];
  await fetchModules(`sources of ${name}`, list, path.join(folder, module));
}

/**
 * Fetches the sources of the tools one after the other, while earlier tools are compiled. A failure rejects in the build that needs the
 * sources.
 */
function fetchAllSources(tools: readonly Tool[]): Map<Tool, Promise<void>> {
  let before: Promise<void> = Promise.resolve();
  return new Map(
    tools.map((tool) => {
      const sources = before.then(() => fetchSources(tool));
      before = sources.catch(() => {});
      return [tool, sources];
    }),
  );
}

async function build(tool: Tool, partial: string, log: string, sources: Promise<unknown>): Promise<void> {
  await sources;
  await run(
    "go",
    [
      "build",
      ...(await modfileOf(tool.module)),
      "-trimpath",
      ...compilerFlags(),
      ...(tool.tags === undefined ? [] : ["-tags", tool.tags]),
      "-ldflags",
      ["-s", "-w", ...(tool.variables ?? []).map((variable) => `-X ${variable}`)].join(" "),
      "-o",
      partial,
      tool.package,
    ],
    { cwd: path.join(folder, tool.module), env: goEnvironment(), log },
  );
}

async function buildAll(missing: readonly Tool[], log: string): Promise<void> {
  mkdirSync(bin, { recursive: true });
  const sources = fetchAllSources(missing.filter(({ ready }) => !ready));
  for (const tool of missing) await make(tool, log, sources.get(tool));
}

/**
 * Builds each tool that is missing or out of date, in the order that shares most compiled packages. `forTests` adds the tests' tools, and
 * the schemas of every Kubernetes version that the chart supports.
 */
export async function buildTools(log: string, forTests = false): Promise<void> {
  const missing = missingOf(forTests ? [...tools, ...releaseTools, ...testTools] : tools);
  const upstream = missingTools().length > 0 || !upstreamKept() ? keepUpstream() : Promise.resolve();
  // Keeps an early failure from ending the process; it is awaited last.
  upstream.catch(() => {});
  await buildAll(missing, log);
  await upstream;
  if (forTests) await fetchSchemas(log);
  // Sources and compiled packages take gigabytes, and are not needed once the binaries are stored.
  removeGoCaches();
}

async function fetchSchemas(log: string): Promise<void> {
  if (!schemasKept()) await phase("fetching the Kubernetes schemas", () => keepSchemas(log));
}

export const missesReleaseTools = () => missingOf(releaseTools).length > 0;

/** Builds the tools that sign images and check signatures, which a dev stack does not need. */
export async function buildReleaseTools(log: string): Promise<void> {
  if (!missesReleaseTools()) return;
  await buildAll(missingOf(releaseTools), log);
  removeGoCaches();
}

/** Builds the collector, which only `make observe` and the tests need. */
export async function buildCollector(log: string): Promise<void> {
  if (current(collector)) return;
  await buildAll([collector], log);
  removeGoCaches();
}

/** Builds the tools that only the tests need; `make check` uses them without a platform. */
export async function buildTestTools(log: string): Promise<void> {
  const missing = missingOf([...releaseTools, ...testTools]);
  if (missing.length === 0 && schemasKept()) return;
  await buildAll(missing, log);
  await fetchSchemas(log);
  removeGoCaches();
}
