import { readFileSync } from "node:fs";
import { withholdDebugMessages } from "./debug-messages.ts";

test("what the SDK's own modules call is what is withheld", () => {
  const log = jest.requireActual<Record<string, unknown>>("@pulumi/pulumi/log");
  const { debug, info } = log;
  withholdDebugMessages();
  try {
    expect([log["debug"] === debug, log["info"] === info]).toEqual([false, true]);
    const resource = readFileSync(require.resolve("@pulumi/pulumi/runtime/resource"), "utf8");
    expect(resource).toContain("log.debug(`RegisterResource RPC finished");
    expect(resource).toContain('const log = __importStar(require("../log"))');
  } finally {
    log["debug"] = debug;
  }
});
