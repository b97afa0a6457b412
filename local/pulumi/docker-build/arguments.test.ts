import { openArguments, withArguments } from "./arguments.ts";

const labels = (lines: string, given = {}) =>
  withArguments(`FROM scratch\n${lines}\n`, given).split("\n").slice(1, -1).join("\n");

test.each<[string, string, Record<string, string>, string]>([
  ["given", 'ARG V=1\nLABEL v="${V}"', { V: "2" }, 'ARG V=1\nLABEL v="2"'],
  ["preset", 'ARG V=1\nLABEL v="${V}"', {}, 'ARG V=1\nLABEL v="1"'],
  ["empty", 'ARG V=\nLABEL v="${V}"', {}, 'ARG V=\nLABEL v=""'],
  ["in a variable, without braces", "ARG V\nENV E=$V", { V: "1.2.3" }, "ARG V\nENV E=1.2.3"],
  ["on a continued line", 'ARG V\nLABEL a="b" \\\n  v="${V}"', { V: "2" }, 'ARG V\nLABEL a="b" \\\n  v="2"'],
])("an argument is written into a label: %s", (_, lines, given, expected) =>
  expect(labels(lines, given)).toBe(expected),
);

test.each<[string, string, Record<string, string>]>([
  ["it is not declared", 'LABEL v="${V}"', { V: "2" }],
  ["it is declared later", 'LABEL v="${V}"\nARG V', { V: "2" }],
  ["it would need quotes of its own", 'ARG V\nLABEL v="${V}"', { V: 'a "b" $c' }],
  ["it is escaped", 'ARG V\nLABEL v="\\${V}"', { V: "2" }],
  ["it has a fallback, which the engine fills in", 'ARG V\nLABEL v="${V:-x}"', { V: "2" }],
  ["a shell expands it", "ARG V\nRUN echo ${V}", { V: "2" }],
])("the text stays when %s", (_, lines, given) => expect(labels(lines, given)).toBe(lines));

test("a stage begins without the arguments of the one before, and asks for those of all", () => {
  const dockerfile = "ARG BASE=a\nFROM $BASE\nARG V=1\nFROM scratch\nARG BASE\nLABEL v=$V b=$BASE\n";
  expect(withArguments(dockerfile, {})).toBe(dockerfile.replace("b=$BASE", "b=a"));
});

test("secrets are no part of it", () => {
  const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "hunter2" };
  expect(openArguments({ buildArgs: { V: "1", TOKEN: secret } })).toEqual({ V: "1" });
  expect(openArguments({})).toEqual({});
});
