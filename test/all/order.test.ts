import { readdirSync } from "node:fs";
import path from "node:path";
import { ORDER, pathsOf } from "../cluster/order.ts";
import { project } from "../../tooling/paths.ts";

const LANES = ["shared", "load", "recovery", "shutdown"] as const;
const folder = path.join(project, "test/cluster");
const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => `test/cluster/${name}`);

it("every file of cluster tests runs once, in one of the lanes", () => {
  const planned = LANES.flatMap(pathsOf);
  expect(planned.toSorted()).toEqual(files.toSorted());
  expect(planned).toHaveLength(ORDER.length);
});

it("a file that finds something comes after another of its lane, or of the one before", () => {
  const late = ORDER.filter(({ finds }) => finds !== undefined);
  expect(late.length).toBeGreaterThan(0);
  for (const part of late) {
    const lane = ORDER[ORDER.indexOf(part) - 1]!.lane;
    expect([LANES.indexOf(part.lane), LANES.indexOf(part.lane) - 1]).toContain(LANES.indexOf(lane));
  }
});

it("the lanes are in the order in which they run", () => {
  const lanes = ORDER.map(({ lane }) => LANES.indexOf(lane));
  expect(lanes).toEqual(lanes.toSorted());
});
