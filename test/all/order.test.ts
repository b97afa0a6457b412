import { readdirSync } from "node:fs";
import path from "node:path";
import { ORDER, pathsOf } from "../cluster/order.ts";
import { project } from "../../tooling/paths.ts";

const folder = path.join(project, "test/cluster");
const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => `test/cluster/${name}`);

it("every file of cluster tests runs once, in one of the lanes", () => {
  const planned = (["shared", "load", "shutdown"] as const).flatMap(pathsOf);
  expect(planned.toSorted()).toEqual(files.toSorted());
  expect(planned).toHaveLength(ORDER.length);
});

it("a file that finds something comes after another of its lane", () => {
  const late = ORDER.filter(({ finds }) => finds !== undefined);
  expect(late.length).toBeGreaterThan(0);
  for (const part of late) expect(ORDER[ORDER.indexOf(part) - 1]?.lane).toBe(part.lane);
});
