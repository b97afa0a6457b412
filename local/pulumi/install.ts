import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeScript } from "../lib/script.ts";

const plugins = ["kubernetes", "docker-build", "docker", "random"] as const;
const mark = "# stand-in for a plugin that cannot be downloaded; written by local/pulumi/install.ts";

interface Options {
  /** The Node that runs the plugins. @default - the one running this */
  readonly node?: string;
  /** @default - process.env.PATH */
  readonly path?: string;
}

const here = dirname(fileURLToPath(import.meta.url));
const quote = (value: string): string => `'${value.replaceAll("'", String.raw`'\''`)}'`;

const isOurs = (file: string): boolean => readFileSync(file).subarray(0, 512).toString("latin1").includes(mark);

/** A plugin somebody else put there wins over ours. An empty file is no plugin: a power cut leaves such things. */
const isTaken = (file: string): boolean => existsSync(file) && statSync(file).size > 0 && !isOurs(file);

const foldersOf = (path = process.env.PATH ?? ""): string[] => path.split(delimiter).filter(Boolean);
const pluginFile = (pulumiHome: string, plugin: string): string =>
  join(pulumiHome, "plugins", `resource-${plugin}-v${versionOf(plugin)}`, `pulumi-resource-${plugin}`);

/** Whether the official plugin is there, in `pulumiHome` or on the path, and so is the one that is run. */
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
 * Writes the wrappers that make the Pulumi CLI use these stand-ins, and returns the files written. Leaves alone every
 * plugin of which the official one is in `pulumiHome` or on the path.
 */
export function installPlugins(pulumiHome: string, binFolder: string, options: Options = {}): string[] {
  const node = options.node ?? realpathSync(process.execPath);
  const folders = foldersOf(options.path);
  const onPath = (name: string) => folders.some((folder) => isTaken(join(folder, name)));
  // The compile cache halves the start of a plugin from its second start on.
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

/** What the CLI needs in its environment so as not to look for anything on the network. */
export const offlineEnvironment = (): Record<string, string> => ({
  PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  PULUMI_SKIP_UPDATE_CHECK: "true",
});
