import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { configurationReference } from "./reference-docs.ts";
import { ruleOf, unwrap } from "./problems.ts";
import { schema } from "./schema.ts";
import { STACKS, stackValues } from "../test/stack-config.ts";
import { project } from "../tooling/paths.ts";

test("docs/configuration.md is what the schema says", () => {
  const file = join(project, "docs", "configuration.md");
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, configurationReference());
  expect(readFileSync(file, "utf8")).toBe(configurationReference());
});

test("Pulumi.yaml declares every key that a stack must have as the schema has it", () => {
  const { config } = parse(readFileSync(join(project, "Pulumi.yaml"), "utf8")) as {
    config: Record<string, { type: string; description: string }>;
  };
  const required = Object.entries(schema.shape).filter(
    ([key, type]) => !(type instanceof z.ZodOptional) || key in config,
  );
  const declared = Object.entries(config).map(([key, { type, description }]) => [key, type, description]);
  expect(declared).toEqual(
    // Pulumi takes every declared key without a default for a required one.
    required.map(([key, type]) => [key, unwrap(type).def.type, ruleOf(type).description]),
  );
});

test("the stacks keep their keys in the schema's order", () => {
  for (const stack of STACKS) {
    const keys = Object.keys(stackValues(stack));
    expect(keys).toEqual(Object.keys(schema.shape).filter((key) => keys.includes(key)));
  }
});
