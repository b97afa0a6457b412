/** @needs actionlint */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { runSync } from "../../tooling/command.ts";
import { project } from "../../tooling/paths.ts";

const FOLDER = join(project, ".github", "workflows");

test("actionlint has nothing to say of the workflows", () => {
  const files = readdirSync(FOLDER).map((file) => join(FOLDER, file));
  expect(files.length).toBeGreaterThan(0);
  const { status, stdout } = runSync("actionlint", ["-no-color", ...files]);
  expect([status, stdout]).toEqual([0, ""]);
});
