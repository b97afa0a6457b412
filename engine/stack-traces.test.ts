import { readFileSync } from "node:fs";
import { takePlainStackTraces } from "./stack-traces.ts";

test("stack traces are not translated, as the SDK's runner would have it", () => {
  const before = Error.prepareStackTrace;
  const translate = jest.fn(() => "translated");
  Error.prepareStackTrace = translate;
  try {
    takePlainStackTraces();
    expect(new Error("here").stack).toContain("stack-traces.test.ts");
    expect(translate).not.toHaveBeenCalled();
    const runner = readFileSync(require.resolve("@pulumi/pulumi/cmd/run"), "utf8");
    expect(runner).toContain('require("source-map-support/register")');
  } finally {
    Error.prepareStackTrace = before;
  }
});
