import { cargo } from "./cargo.ts";
import { countOf, timesOf } from "./jest.ts";

const report = {
  numPassedTests: 7,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
  testResults: [
    {
      name: "/project/test/a.test.ts",
      startTime: 1000,
      endTime: 3500,
      assertionResults: [{ fullName: "a does it", duration: 1200 }, { fullName: "a is skipped" }],
    },
  ],
};

describe("the count of a suite of Jest's", () => {
  it("takes what passed and what failed", () => {
    expect(countOf({ ...report, numFailedTests: 2 })).toEqual({ passed: 7, failed: 2 });
  });

  it.each(["numPendingTests", "numTodoTests", "numRuntimeErrorTestSuites"])("takes %s for failed", (key) => {
    expect(countOf({ ...report, [key]: 1 })).toEqual({ passed: 7, failed: 1 });
  });

  it("has the time of each file and test", () => {
    expect(timesOf(report, "/project")).toEqual([
      {
        file: "test/a.test.ts",
        seconds: 2.5,
        tests: [
          { name: "a does it", seconds: 1.2 },
          { name: "a is skipped", seconds: 0 },
        ],
      },
    ]);
  });
});

describe("the count of cargo's suites", () => {
  it("is their sum, and an ignored test failed", () => {
    const printed = [
      "running 3 tests",
      "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
      "test result: FAILED. 4 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.01s",
    ].join("\n");
    expect(cargo(printed)).toEqual({ passed: 7, failed: 3 });
  });
});
