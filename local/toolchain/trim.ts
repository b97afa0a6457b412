import { cpSync, copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { inCache } from "../../tooling/paths.ts";
import { run } from "../../tooling/run.ts";
import { moduleFolder } from "./upstream.ts";

const folder = import.meta.dirname;

/** Parts of a dependency that are not compiled, because the platform never calls them and they take most of the build time. */
export interface Trim {
  /** Folder beside this file whose go.mod requires the dependency. */
  readonly of: string;
  readonly module: string;
  /** Files of the module to remove. */
  readonly removed?: readonly string[];
  /** Files of the module to replace, each with the path of its replacement beside the go.mod. */
  readonly replaced?: Readonly<Record<string, string>>;
  /** Further changes, as a patch beside the go.mod in the format of `git diff`. It must apply exactly, or the build fails. */
  readonly patch: string;
}

export const trims: readonly Trim[] = [
  {
    // Left out: state and secrets in clouds, their logs, and `pulumi api`.
    of: "services",
    module: "github.com/pulumi/pulumi/pkg/v3",
    patch: "pulumi.patch",
    removed: [
      ...["aws", "cloud_aws", "gcp"].map((name) => `operations/operations_${name}.go`),
      ...[
        ...["api", "describe", "describe_markdown", "fields", "list", "paginate", "pathmatch"],
        ...["schema", "spec", "spec_fetch"],
      ].map((name) => `cmd/pulumi/cloud/${name}.go`),
    ],
  },
  {
    // Left out: other stores behind it, message brokers, and its own test suite.
    of: "services",
    module: "github.com/versity/versitygw",
    patch: "versitygw.patch",
    removed: [
      "cmd/versitygw/test.go",
      ...["azure", "s3", "scoutfs"].map((name) => `cmd/internal/gwcli/${name}.go`),
      ...["kafka", "nats", "rabbitmq"].map((name) => `s3event/${name}.go`),
    ],
  },
  {
    // Left out: DNS-01, Vault and Venafi.
    of: "certmanager",
    module: "github.com/cert-manager/cert-manager",
    patch: "cert-manager.patch",
    replaced: { "pkg/issuer/acme/dns/dns.go": "dns01/dns.go" },
  },
];

const trimsOf = (of: string) => trims.filter((trim) => trim.of === of);

/** Everything besides its go.mod that a binary depends on. */
export const patchesOf = (of: string): string[] =>
  trimsOf(of).flatMap((trim) => [
    JSON.stringify(trim),
    ...[trim.patch, ...Object.values(trim.replaced ?? {})].map((name) =>
      readFileSync(path.join(folder, of, name), "utf8"),
    ),
  ]);

/** The go.mod to build with when some of its dependencies are trimmed: it replaces these with trimmed copies. */
export async function trimmedModfile(of: string): Promise<string | undefined> {
  const wanted = trimsOf(of);
  if (wanted.length === 0) return undefined;
  const work = inCache("trimmed", of);
  rmSync(work, { recursive: true, force: true });
  const lines = [];
  for (const trim of wanted) {
    const copy = path.join(work, trim.module);
    cpSync(await moduleFolder(of, trim.module), copy, { recursive: true, preserveTimestamps: true });
    await apply(trim, copy);
    lines.push(`replace ${trim.module} => ${copy}\n`);
  }
  const modfile = path.join(work, "go.mod");
  writeFileSync(modfile, readFileSync(path.join(folder, of, "go.mod"), "utf8") + lines.join(""));
  copyFileSync(path.join(folder, of, "go.sum"), path.join(work, "go.sum"));
  return modfile;
}

/** Trims a copy of a module. Throws, with the file's name, when the module does not have the files that the trim was written for. */
export async function apply({ of, module, patch, removed = [], replaced = {} }: Trim, copy: string): Promise<void> {
  const gone = [...removed, ...Object.keys(replaced)].find((name) => !existsSync(path.join(copy, name)));
  if (gone !== undefined) throw new Error(`${module}: must have ${gone}, got none; write its trim anew`);
  // Go makes its modules read-only.
  await run("chmod", ["-R", "u+w", copy]);
  for (const name of removed) rmSync(path.join(copy, name));
  for (const [name, by] of Object.entries(replaced)) copyFileSync(path.join(folder, of, by), path.join(copy, name));
  // Without this, git would look for the files in a repository around the cache.
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: path.dirname(copy) };
  await run("git", ["apply", path.join(folder, of, patch)], { cwd: copy, env });
}
