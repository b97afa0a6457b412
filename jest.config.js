import base from "./jest.base.js";

/** The tests that need neither servers nor a cluster, and few tools; what a tool is missing for is skipped, and said. */
export default {
  ...base,
  testMatch: ["<rootDir>/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/test/cluster/", "\\.integration\\.test\\.ts$"],
  globalSetup: "<rootDir>/test/tools/setup.ts",
  testRunner: "<rootDir>/test/tools/runner.cjs",
};
