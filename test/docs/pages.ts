import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { project } from "../../tooling/paths.ts";

export const read = (file: string): string => readFileSync(join(project, file), "utf8");

/** Folders of fetched or built files. */
export const NOT_OURS = new Set(["node_modules", ".git", "dist", "coverage", "target"]);

/** Files below a folder, without fetched or built ones. */
export const filesOf = (folder: string): string[] =>
  readdirSync(join(project, folder), { withFileTypes: true })
    .filter(({ name }) => !NOT_OURS.has(name))
    .flatMap((entry) => {
      const file = join(folder, entry.name);
      return entry.isDirectory() ? filesOf(file) : [file];
    });

/** Every Markdown page of the repository; those of `ci/testing` are expected reports and not pages. */
export const PAGES = filesOf(".").filter((file) => file.endsWith(".md") && !file.startsWith("ci/testing/"));

/** Text of a page without its code blocks, because `#` and `[]` there belong to a shell. */
export const proseOf = (page: string): string => read(page).replaceAll(/^```.*?^```/gms, "");

/** Anchors that GitHub gives to the headings of a page. */
export const anchorsOf = (page: string): string[] =>
  [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );

interface PackageJson {
  readonly engines: { readonly node: string };
  readonly repository: string;
  readonly version: string;
}
export const packageJson = JSON.parse(read("package.json")) as PackageJson;
