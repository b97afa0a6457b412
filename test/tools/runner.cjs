/** Runs a test file as Jest does, unless its first comment names a missing tool by `@needs <tool>`: then the file is skipped. */
const { readFileSync } = require("node:fs");
const process = require("node:process");
const { default: run } = require("jest-circus/runner");

const [COMMENT, NEEDS] = [/^\s*\/\*\*[\s\S]*?\*\//, /@needs ([\w.-]+)/g];

/** Names of the missing tools, which the setup has found. */
const missing = () => (process.env.ACCI_TESTS_LACK ?? "").split(" ").filter(Boolean);

function needsOf(file) {
  const [comment = ""] = COMMENT.exec(readFileSync(file, "utf8")) ?? [];
  return [...comment.matchAll(NEEDS)].map(([, tool]) => tool);
}

/** Result with one skipped test for the file. Its tests can be counted only by loading it, which may need the tool. */
function skipped(testFilePath, tools) {
  const title = `needs ${tools.join(" and ")}`;
  const now = Date.now();
  const result = {
    title,
    fullName: title,
    ancestorTitles: [],
    status: "pending",
    failureMessages: [],
    failureDetails: [],
  };
  return {
    testFilePath,
    testResults: [{ ...result, numPassingAsserts: 0, invocations: 1, location: null, duration: 0 }],
    numPassingTests: 0,
    numFailingTests: 0,
    numPendingTests: 1,
    numTodoTests: 0,
    failureMessage: null,
    skipped: true,
    leaks: false,
    openHandles: [],
    perfStats: {
      start: now,
      end: now,
      runtime: 0,
      slow: false,
      loadTestEnvironmentStart: now,
      loadTestEnvironmentEnd: now,
    },
    snapshot: { added: 0, fileDeleted: false, matched: 0, unchecked: 0, uncheckedKeys: [], unmatched: 0, updated: 0 },
  };
}

module.exports = async (globalConfig, config, environment, runtime, testPath, sendMessageToJest) => {
  const tools = needsOf(testPath).filter((tool) => missing().includes(tool));
  if (tools.length > 0) return skipped(testPath, tools);
  return run(globalConfig, config, environment, runtime, testPath, sendMessageToJest);
};
