/** Rules of a .dockerignore: whether they exclude a path, and whether an excluded folder may contain exceptions. */
export interface Ignore {
  excludes(path: string): boolean;
  mayInclude(folder: string): boolean;
}

interface Pattern {
  readonly regex: RegExp;
  readonly include: boolean;
  readonly source: string;
}

/** The pattern and everything under it; `**` spans folders, `*` and `?` do not. */
function toRegex(pattern: string): RegExp {
  const source = pattern.replaceAll(/\*\*\/|\*\*|\*|\?|\[[^\]]+\]|[^*?[]+|\[/g, (part) => {
    if (part === "**/") return "(?:.*/)?";
    if (part === "**") return ".*";
    if (part === "*") return "[^/]*";
    if (part === "?") return "[^/]";
    return part.startsWith("[") && part.length > 1
      ? part.replace(/^\[\^/, "[^/")
      : part.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${source}(?:/|$)`);
}

export function parseIgnore(content: string): Ignore {
  const patterns = content.split("\n").flatMap((line): Pattern[] => {
    const trimmed = line.trim();
    if (!trimmed || trimmed.startsWith("#")) return [];
    const include = trimmed.startsWith("!");
    const source = trimmed
      .slice(include ? 1 : 0)
      .trim()
      .replace(/^\.?\//, "")
      .replace(/\/$/, "");
    return source && source !== "." ? [{ regex: toRegex(source), include, source }] : [];
  });
  const excludes = (path: string) =>
    patterns.reduce((out, { regex, include }) => (regex.test(path) ? !include : out), false);
  const mayInclude = (folder: string) =>
    patterns.some(({ include, source }) => include && (source.includes("*") || source.startsWith(`${folder}/`)));
  return { excludes, mayInclude };
}
