import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { project } from "../../tooling/paths.ts";

export const read = (file: string): string => readFileSync(join(project, file), "utf8");

/** What is fetched or built. */
export const NOT_OURS = new Set(["node_modules", ".git", "dist", "coverage", "target"]);

/** Files in a folder and those below it, without what is fetched or built. */
export const filesOf = (folder: string): string[] =>
  readdirSync(join(project, folder), { withFileTypes: true })
    .filter(({ name }) => !NOT_OURS.has(name))
    .flatMap((entry) => {
      const file = join(folder, entry.name);
      return entry.isDirectory() ? filesOf(file) : [file];
    });

/** Every page of prose in the repository; those of `ci/testing` are what a report must look like. */
export const PAGES = filesOf(".").filter((file) => file.endsWith(".md") && !file.startsWith("ci/testing/"));

/** The text of a page without its code blocks, whose `#` and `[]` are a shell's. */
export const proseOf = (page: string): string => read(page).replaceAll(/^```.*?^```/gms, "");

/** The anchors that GitHub gives the headings of a page. */
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
