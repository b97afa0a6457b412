/**
 * Builds the application's image while the tools are compiled, at the lowest priority, so that the processors have work whenever a link,
 * a download or a start leaves one of them idle. `pulumi up` then finds the layers and the compiled crates in buildah's cache.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { buildArgsOf, schemaOfContext } from "../../release/schema.ts";
import { project } from "../../tooling/paths.ts";
import { registry } from "../lib/addresses.ts";
import { inState } from "../lib/paths.ts";
import { buildImage } from "../pulumi/docker-build/image.ts";
import { endWithEngine } from "../pulumi/serve/serve.ts";
import { buildahEnvironment } from "./build.ts";
import { buildPlatform } from "./platforms.ts";

export const aheadLog = inState("log", "ahead.log");

/** A build in a process of its own. */
export interface Ahead {
  /** Ends once the build has succeeded or failed. */
  readonly done: Promise<unknown>;
  /** Ends the build. What it has finished stays in the cache. */
  stop(): Promise<void>;
}

/** Starts to build the image in `folder`. A failure is left to `pulumi up`, which shows it. */
export function buildAhead(folder = applicationFolder()): Ahead {
  mkdirSync(path.dirname(aheadLog), { recursive: true });
  mkdirSync(buildahEnvironment().TMPDIR, { recursive: true });
  const log = openSync(aheadLog, "a");
  const child = spawn("nice", ["-n", "19", process.execPath, import.meta.filename, folder], {
    cwd: project,
    env: { ...process.env, ...buildahEnvironment(), ACCI_REGISTRY: registry },
    // The open pipe ends the build with this process, however that ends.
    stdio: ["pipe", log, log],
  });
  closeSync(log);
  // An error is that of a start, and then there is nothing to wait for.
  const done = once(child, "exit").catch((error: Error) => console.error(`ahead: ${error.message}`));
  return { done, stop: () => stop(child, done) };
}

async function stop(child: ChildProcess, done: Promise<unknown>): Promise<void> {
  child.kill("SIGTERM");
  await done;
}

/** Folder that the dev stack builds its image from. */
function applicationFolder(): string {
  const { config } = parse(readFileSync(path.join(project, "Pulumi.dev.yaml"), "utf8")) as {
    config: { "acci:image": { build: { context: string } } };
  };
  return path.join(project, config["acci:image"].build.context);
}

async function main(location: string): Promise<void> {
  endWithEngine();
  const log = { status: (line: string) => console.log(line), warn: (line: string) => console.log(line) };
  const context = { name: "ahead", preview: true, signal: new AbortController().signal, log };
  // With the arguments of components/image.ts, because a layer is found again only for the same ones.
  const buildArgs = { SOURCE_DATE_EPOCH: "0", ...buildArgsOf(schemaOfContext(location)) };
  const inputs = { context: { location }, platforms: [buildPlatform], buildArgs };
  await buildImage(context, inputs, []);
}

if (import.meta.main) {
  await main(process.argv[2]!);
  process.exit(0);
}
