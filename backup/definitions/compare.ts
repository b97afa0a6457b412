import type { TocEntry } from "./toc.ts";

/** Definitions by what they are of, such as `POLICY public.notes tenants`; there may be several of one name. */
export type Definitions = ReadonlyMap<string, readonly string[]>;

/** Belongs to whoever installed the extension, and comes with it. */
export const isExtensionComment = ({ desc, tag }: Pick<TocEntry, "desc" | "tag">) =>
  desc === "COMMENT" && tag.startsWith("EXTENSION ");

/** Of the database itself, whose name is another wherever it comes back; the manifest has what is of it. */
const isOfDatabase = ({ desc, tag }: Pick<TocEntry, "desc" | "tag">) =>
  /^DATABASE( PROPERTIES)?$/.test(desc) || (/^(ACL|COMMENT|SECURITY LABEL)$/.test(desc) && tag.startsWith("DATABASE "));

/** About the archive itself. */
const OF_THE_ARCHIVE = new Set(["ENCODING", "STDSTRINGS", "SEARCHPATH"]);

export const nameOf = ({ desc, namespace, tag }: Pick<TocEntry, "desc" | "namespace" | "tag">) =>
  `${desc} ${namespace ? `${namespace}.` : ""}${tag}`;

export function definitionsOf(entries: readonly TocEntry[]): Definitions {
  const found = new Map<string, string[]>();
  for (const entry of entries) {
    if (OF_THE_ARCHIVE.has(entry.desc) || isData(entry) || isOfDatabase(entry) || isExtensionComment(entry)) continue;
    const name = nameOf(entry);
    found.set(name, [...(found.get(name) ?? []), textOf(entry)].sort());
  }
  return found;
}

/** Archives of before kept these with the definitions. */
const isData = ({ desc }: TocEntry) =>
  ["TABLE DATA", "SEQUENCE SET", "MATERIALIZED VIEW DATA", "BLOB", "BLOBS", "BLOB METADATA"].includes(desc);

const textOf = ({ definition, owner, tablespace }: TocEntry) =>
  [definition.trim(), owner && `owner ${owner}`, tablespace && `tablespace ${tablespace}`].filter(Boolean).join("\n");

export interface Difference {
  readonly name: string;
  /** None: it is not there. */
  readonly expected?: readonly string[];
  readonly found?: readonly string[];
}

export function differencesOf(expected: Definitions, found: Definitions): Difference[] {
  const names = new Set([...expected.keys(), ...found.keys()]);
  return [...names]
    .map((name) => ({ name, ...pick("expected", expected.get(name)), ...pick("found", found.get(name)) }))
    .filter((one: Difference) => one.expected?.join("\0") !== one.found?.join("\0"));
}

const pick = (key: string, value: readonly string[] | undefined) => (value ? { [key]: value } : {});

/** One sentence, with the first line that differs. */
export function sentenceOf({ expected, found, name }: Difference): string {
  if (!found) return `${name}: is missing`;
  if (!expected) return `${name}: was not in the dump's snapshot`;
  const [before, after] = [expected, found].map((texts) => texts.join("\n").split("\n"));
  const at = before!.findIndex((line, i) => line !== after![i]);
  const line = at < 0 ? before!.length : at;
  return `${name}: must be ${shown(before![line])}, got ${shown(after![line])}`;
}

const shown = (line: string | undefined) => {
  const text = line?.trim() ?? "no more";
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
};
