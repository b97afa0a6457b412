import base from "./jest.base.js";

/** The tests that need the real tools, the Pulumi CLI and cosign among them, but no cluster. */
export default {
  ...base,
  testMatch: ["<rootDir>/{local,release,ci,backup,ops,components,engine}/**/*.integration.test.ts"],
  setupFiles: ["<rootDir>/test/native-errors.ts"],
  // Only what hangs takes so long; beside the cluster's tests the rest may take a while.
  testTimeout: 600_000,
};
