import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly pulumi?: {
    readonly resource?: boolean;
    readonly name?: string;
    readonly version?: string;
    readonly server?: string;
  };
}

export function readManifest(folder: string): Manifest | undefined {
  const file = join(folder, "package.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Manifest) : undefined;
}

/** The folder and its parents, nearest first. */
export function ancestors(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...ancestors(parent)];
}

function* packagesIn(modules: string, seen: Set<string>): Generator<Manifest> {
  if (!existsSync(modules)) return;
  const real = realpathSync(modules);
  if (seen.has(real)) return;
  seen.add(real);
  for (const entry of readdirSync(real, { withFileTypes: true })) {
    if (entry.name.startsWith(".") || !(entry.isDirectory() || entry.isSymbolicLink())) continue;
    const folder = join(real, entry.name);
    if (entry.name.startsWith("@")) {
      yield* packagesIn(folder, seen);
      continue;
    }
    const manifest = readManifest(folder);
    if (manifest) yield manifest;
    yield* packagesIn(join(folder, "node_modules"), seen);
  }
}

/** Every installed package that the program can import, hoisted ones of workspaces included. */
export function installedPackages(program: string): Manifest[] {
  const seen = new Set<string>();
  return ancestors(program).flatMap((folder) => [...packagesIn(join(folder, "node_modules"), seen)]);
}

export interface Plugin {
  readonly name: string;
  readonly version: string;
  readonly server?: string;
}

/** Resource plugins that the installed packages need. */
export function requiredPlugins(program: string): Plugin[] {
  const plugins = installedPackages(program).flatMap(({ name = "", version = "", pulumi }) => {
    if (!pulumi?.resource) return [];
    const pluginVersion = (pulumi.version ?? version).replace(/^v?(?=.)/, "v");
    return [
      {
        name: pulumi.name ?? name.replace(/^@pulumi\//, ""),
        version: pluginVersion,
        server: pulumi.server,
      },
    ];
  });
  return [...new Map(plugins.map((plugin) => [`${plugin.name}@${plugin.version}`, plugin])).values()];
}

const lockFiles = {
  "pnpm-lock.yaml": "pnpm",
  "yarn.lock": "yarn",
  "bun.lock": "bun",
  "package-lock.json": "npm",
};

/** The package manager whose lock file is nearest. */
export function packageManager(folder: string): string {
  for (const candidate of ancestors(folder))
    for (const [file, manager] of Object.entries(lockFiles)) if (existsSync(join(candidate, file))) return manager;
  return "npm";
}
