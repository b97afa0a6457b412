import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { releaseTools, testTools, tools } from "./tools.ts";

const programs = [...tools, ...releaseTools, ...testTools];

/** Modules with programs of others; the rest have none but their own. */
const modules = [...new Set(programs.map(({ module }) => module))].filter((module) =>
  existsSync(path.join(__dirname, module, "tools.go")),
);

it.each(modules)("every program that %s asks for is built", (module) => {
  const asked = [...readFileSync(path.join(__dirname, module, "tools.go"), "utf8").matchAll(/^\t_ "(.+)"$/gm)];
  const built: string[] = programs.filter((tool) => tool.module === module).map((tool) => tool.package);
  expect(asked.map(([, program]) => program).filter((program) => !built.includes(program!))).toEqual([]);
});
