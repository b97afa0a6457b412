import { commandOf } from "./command.ts";

const before = process.env["NO_SUCH_TOOL"];
afterAll(() => {
  if (before === undefined) delete process.env["NO_SUCH_TOOL"];
  else process.env["NO_SUCH_TOOL"] = before;
});

test.each([
  ["/opt/no-such-tool", "/opt/no-such-tool"],
  // make exports a variable that is not set as an empty one.
  ["", "no-such-tool"],
])("with NO_SUCH_TOOL=%s the program is %s", (given, command) => {
  process.env["NO_SUCH_TOOL"] = given;
  expect(commandOf("no-such-tool")).toBe(command);
});
