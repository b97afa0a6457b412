import { parseReference } from "../registry/reference.ts";

/** Every registry host a Dockerfile may pull from: its FROM and COPY --from images, with build arguments filled in. */
export function registryHosts(dockerfile: string, buildArgs: Readonly<Record<string, string>>): string[] {
  const lines = dockerfile.replaceAll(/\\\r?\n/g, " ").split("\n");
  const defaults = lines.flatMap((line) => {
    const [, name = "", value] = /^\s*ARG\s+(\w+)=["']?([^\s"']*)/i.exec(line) ?? [];
    return value === undefined ? [] : [[name, value] as const];
  });
  const values: Record<string, string> = { ...Object.fromEntries(defaults), ...buildArgs };
  const fill = (name: string) =>
    name.replaceAll(
      /\$\{?(\w+)(?::-([^}]*))?\}?/g,
      (_all, key: string, fallback = "") => values[key] || String(fallback),
    );
  const names = lines.flatMap((line) => {
    const from = /^\s*FROM\s+(?:--\S+\s+)*(\S+)/i.exec(line)?.[1];
    const copied = /^\s*(?:COPY|ADD|RUN)\s+.*--(?:from=|mount=\S*from=)([^\s,]+)/i.exec(line)?.[1];
    const syntax = /^#\s*syntax=(\S+)/.exec(line)?.[1];
    return [from, copied, syntax].filter((name) => name !== undefined).map(fill);
  });
  const hosts = names.flatMap((name) => {
    try {
      return [parseReference(name).host];
    } catch {
      return []; // a stage name in capitals, or an argument without a value: buildah says what is wrong with it
    }
  });
  return [...new Set(["docker.io", ...hosts])].sort();
}

/** Sends every host to one plain-HTTP registry, keeping the path. */
export function registriesConf(hosts: readonly string[], location: string): string {
  const entries = hosts.map((host) => `[[registry]]\nprefix = "${host}"\nlocation = "${location}"\ninsecure = true\n`);
  return [`unqualified-search-registries = ["docker.io"]\n`, ...entries].join("\n");
}
