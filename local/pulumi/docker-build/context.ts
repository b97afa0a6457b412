import { createHash, type Hash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { parseIgnore, type Ignore } from "./ignore.ts";

export interface BuildContext {
  readonly folder: string;
  readonly dockerfile: string;
  readonly named: Readonly<Record<string, string>>;
}

/** The ignore file of a build: the Dockerfile's own, else the folder's. */
export function ignoreFile({ dockerfile, folder }: Pick<BuildContext, "dockerfile" | "folder">): string | undefined {
  return [`${dockerfile}.dockerignore`, join(folder, ".dockerignore")].find((file) => existsSync(file));
}

function hashFolder(hash: Hash, root: string, ignore: Ignore, folder = ""): void {
  for (const name of readdirSync(join(root, folder)).sort()) {
    const path = folder ? `${folder}/${name}` : name;
    const file = join(root, path);
    const stat = lstatSync(file);
    const excluded = ignore.excludes(path);
    if (stat.isDirectory() && (!excluded || ignore.mayInclude(path))) hashFolder(hash, root, ignore, path);
    if (excluded || !(stat.isFile() || stat.isSymbolicLink())) continue;
    const content = stat.isSymbolicLink() ? readlinkSync(file) : readFileSync(file);
    hash.update(`${path}\0${stat.mode.toString(8)}\0${content.length}\0`).update(content);
  }
}

/** Hash of everything that a build can see: names, modes and contents, but no times. */
export function contextHash(context: BuildContext): string {
  const hash = createHash("sha256").update(readFileSync(context.dockerfile));
  const file = ignoreFile(context);
  hashFolder(hash, context.folder, parseIgnore(file ? readFileSync(file, "utf8") : ""));
  for (const [name, location] of Object.entries(context.named).sort()) {
    const own = join(location, ".dockerignore");
    hash.update(`\0${name}\0`);
    if (existsSync(location)) hashFolder(hash, location, parseIgnore(existsSync(own) ? readFileSync(own, "utf8") : ""));
  }
  return hash.digest("hex");
}
