import type { TocEntry } from "./toc.ts";

/** Definitions by the name of their object, such as `POLICY public.notes tenants`. One name may have several. */
export type Definitions = ReadonlyMap<string, readonly string[]>;

/** Whether it is the comment of an extension, which belongs to the role that installed the extension and comes with it. */
export const isExtensionComment = ({ desc, tag }: Pick<TocEntry, "desc" | "tag">) =>
  desc === "COMMENT" && tag.startsWith("EXTENSION ");

/** Whether it describes the database itself, whose name differs wherever it is restored; the manifest describes it instead. */
export const isOfDatabase = ({ desc, tag }: Pick<TocEntry, "desc" | "tag">) =>
  /^DATABASE( PROPERTIES)?$/.test(desc) || (/^(ACL|COMMENT|SECURITY LABEL)$/.test(desc) && tag.startsWith("DATABASE "));

/** Entries about the archive itself. */
const OF_THE_ARCHIVE = new Set(["ENCODING", "STDSTRINGS", "SEARCHPATH"]);

export const nameOf = ({ desc, namespace, owner, tag }: TocEntry) =>
  // Default privileges exist once per role.
  `${desc} ${namespace ? `${namespace}.` : ""}${tag}${desc === "DEFAULT ACL" ? ` of ${owner}` : ""}`;

export function definitionsOf(entries: readonly TocEntry[]): Definitions {
  const found = new Map<string, string[]>();
  for (const entry of entries) {
    if (OF_THE_ARCHIVE.has(entry.desc) || isData(entry) || isOfDatabase(entry) || isExtensionComment(entry)) continue;
    const name = nameOf(entry);
    found.set(name, [...(found.get(name) ?? []), textOf(entry)].sort());
  }
  return found;
}

/** Whether it is data, which older archives hold beside the definitions. */
const isData = ({ desc }: TocEntry) =>
  ["TABLE DATA", "SEQUENCE SET", "MATERIALIZED VIEW DATA", "BLOB", "BLOBS", "BLOB METADATA"].includes(desc);

const textOf = ({ definition, owner, tablespace }: TocEntry) =>
  [definition.trim(), owner && `owner ${owner}`, tablespace && `tablespace ${tablespace}`].filter(Boolean).join("\n");

export interface Difference {
  readonly name: string;
  /** Undefined when the dump has no such object. */
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

/** The difference as a sentence, with the first line that only one side has. */
export function sentenceOf({ expected, found, name }: Difference): string {
  if (!found) return `${name}: is missing`;
  if (!expected) return `${name}: was not in the dump's snapshot`;
  const [before, after] = [expected, found].map(linesOf) as [string[], string[]];
  const lost = before.find((line) => !after.includes(line));
  const extra = after.find((line) => !before.includes(line));
  if (lost === undefined && extra === undefined) return `${name}: must be in the order ${shown(before.join(" "))}`;
  return `${name}: must be ${shown(lost)}, got ${shown(extra)}`;
}

const linesOf = (texts: readonly string[]) =>
  texts.flatMap((text) => text.split("\n").map((line) => line.trim().replace(/,$/, "")));

const shown = (line = "nothing there") => (line.length > 300 ? `${line.slice(0, 300)}…` : line);
