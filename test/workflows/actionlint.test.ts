/** @needs actionlint */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { tool } from "../../lib/tool.ts";
import { ROOT } from "../stack-config.ts";

const FOLDER = join(ROOT, ".github", "workflows");

test("actionlint has nothing to say of the workflows", () => {
  const files = readdirSync(FOLDER).map((file) => join(FOLDER, file));
  expect(files.length).toBeGreaterThan(0);
  const { status, stdout } = tool("actionlint", ["-no-color", ...files]);
  expect([status, stdout]).toEqual([0, ""]);
});
