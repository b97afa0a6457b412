import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeScript } from "../lib/script.ts";

const plugins = ["kubernetes", "docker-build", "docker", "random"] as const;
const mark = "# stand-in for a plugin that cannot be downloaded; written by local/pulumi/install.ts";

interface Options {
  /** Node that runs the plugins. @default - the running one */
  readonly node?: string;
  /** @default - process.env.PATH */
  readonly path?: string;
}

const here = dirname(fileURLToPath(import.meta.url));
const quote = (value: string): string => `'${value.replaceAll("'", String.raw`'\''`)}'`;

const isOurs = (file: string): boolean => readFileSync(file).subarray(0, 512).toString("latin1").includes(mark);

/** Whether a plugin that is not ours is there; it takes precedence. An empty file does not count, because a power cut leaves such files. */
const isTaken = (file: string): boolean => existsSync(file) && statSync(file).size > 0 && !isOurs(file);

const foldersOf = (path = process.env.PATH ?? ""): string[] => path.split(delimiter).filter(Boolean);
const pluginFile = (pulumiHome: string, plugin: string): string =>
  join(pulumiHome, "plugins", `resource-${plugin}-v${versionOf(plugin)}`, `pulumi-resource-${plugin}`);

/** Whether the official plugin is in `pulumiHome` or on the path, and so is the one that Pulumi runs. */
export const hasOfficial = (plugin: (typeof plugins)[number], pulumiHome: string, path?: string): boolean =>
  [...foldersOf(path).map((folder) => join(folder, `pulumi-resource-${plugin}`)), pluginFile(pulumiHome, plugin)].some(
    isTaken,
  );

function versionOf(plugin: string): string {
  const manifest = createRequire(import.meta.url)(`@pulumi/${plugin}/package.json`) as {
    version: string;
    pulumi?: { version?: string };
  };
  return manifest.pulumi?.version ?? manifest.version;
}

/**
 * Writes the wrappers that make the Pulumi CLI use these stand-ins, and returns the files written. A plugin whose official version is in
 * `pulumiHome` or on the path gets no wrapper.
 */
export function installPlugins(pulumiHome: string, binFolder: string, options: Options = {}): string[] {
  const node = options.node ?? realpathSync(process.execPath);
  const folders = foldersOf(options.path);
  const onPath = (name: string) => folders.some((folder) => isTaken(join(folder, name)));
  // With the compile cache, a plugin takes half as long to start from the second start on.
  const cache = `NODE_COMPILE_CACHE=${quote(join(pulumiHome, "node-compile-cache"))}; export NODE_COMPILE_CACHE`;
  const run = (entry: string) => `${cache}\nexec ${quote(node)} ${quote(join(here, entry, "main.ts"))} "$@"`;

  const files = new Map<string, string>();
  if (!onPath("pulumi-language-nodejs")) {
    files.set(join(binFolder, "pulumi-language-nodejs"), run("language-host"));
    const dynamic = `exec ${quote(node)} "$(${quote(node)} -p 'require.resolve("@pulumi/pulumi/cmd/dynamic-provider")')" "$@"`;
    files.set(join(binFolder, "pulumi-resource-pulumi-nodejs"), dynamic);
  }
  for (const plugin of plugins) {
    const name = `pulumi-resource-${plugin}`;
    if (!onPath(name)) files.set(pluginFile(pulumiHome, plugin), run(plugin));
  }
  const written = [...files].filter(([file]) => !isTaken(file));
  for (const [file, body] of written) writeScript(file, `${mark}\n${body}`);
  return written.map(([file]) => file);
}

/** Environment variables that keep the CLI from looking for anything on the network. */
export const offlineEnvironment = (): Record<string, string> => ({
  PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  PULUMI_SKIP_UPDATE_CHECK: "true",
});
