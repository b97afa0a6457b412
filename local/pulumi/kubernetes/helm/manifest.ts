import { parse } from "yaml";
import { object, text, type Props } from "../../serve/values.ts";
import { idOf } from "../naming.ts";
import { resourceKey } from "./checkpoint.ts";

/**
 * Identity of an object, parsed from a few lines of its document. Parsing all of a chart's definitions takes longer than rendering them.
 */
function identityOf(document: string): Props {
  let wanted = false;
  const lines = document.split("\n").filter((line) => {
    if (/^[^\s#-]/.test(line)) wanted = /^(apiVersion|kind|metadata):/.test(line);
    return wanted;
  });
  return object(parse(lines.join("\n")));
}

/** The names of the rendered objects by their kind, as the official provider records them. */
export function namesOf(manifest: string): Record<string, string[]> {
  const names: Record<string, Set<string>> = {};
  for (const document of manifest.split(/^---.*$/m)) {
    const { kind, apiVersion, metadata } = identityOf(document);
    if (!kind) continue;
    const { namespace, name } = object(metadata);
    (names[resourceKey(text(kind), text(apiVersion))] ??= new Set()).add(idOf(text(namespace), text(name)));
  }
  return Object.fromEntries(Object.entries(names).map(([key, found]) => [key, [...found].sort()]));
}
