/** Web pages of a history, which need no other file. */

/** What a page shows of the runs of a kind, newest first in the table. */
export interface Page {
  readonly title: string;
  readonly summary: string;
  /** SVG. */
  readonly charts: readonly string[];
  /** Name and color of each part of the charts. */
  readonly legend: readonly (readonly [string, string])[];
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function htmlPage({ charts, heads, legend, rows, summary, title }: Page): string {
  const row = (tag: string, cells: readonly string[]) =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join("")}</tr>`;
  const keys = legend.map(([name, color]) => `<li><i style="background:${color}"></i>${escaped(name)}</li>`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
<h1>${escaped(title)}</h1>
<p>${escaped(summary)}</p>
${charts.join("\n")}
<ul>${keys.join("")}</ul>
<table>
<thead>${row("th", heads)}</thead>
<tbody>${rows.map((cells) => row("td", cells)).join("\n")}</tbody>
</table>
</html>
`;
}

/** The same as Markdown, for a wiki or a pull request. */
export function markdownPage({ heads, rows, summary, title }: Page): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const table = [line(heads), line(heads.map(() => "---")), ...rows.map(line)];
  return `# ${title}\n\n${summary}\n\n${table.join("\n")}\n`;
}

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
svg { width: 100%; max-width: 60rem; } svg text { font-size: 11px; fill: currentColor; } .grid { stroke: currentColor; opacity: .15; }
ul { display: flex; gap: 1.2rem; list-style: none; padding: 0; } i { display: inline-block; width: .8em; height: .8em; margin-right: .4em; }
table { border-collapse: collapse; font-size: 13px; } th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #8884; }
`;

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
export const escaped = (text: string) => text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character]!);
