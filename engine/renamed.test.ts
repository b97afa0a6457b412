import type * as pulumi from "@pulumi/pulumi";
import { renamed } from "./renamed.ts";

const before = { type: "acci:index:Old", name: "old" };

test("the component is found by its earlier type and name, and keeps its options", () => {
  expect(renamed(undefined, before)).toEqual({ aliases: [before] });
  const opts: pulumi.ComponentResourceOptions = { protect: true, aliases: [{ name: "older" }] };
  expect(renamed(opts, before)).toEqual({ protect: true, aliases: [{ name: "older" }, before] });
});
