import base from "./jest.base.js";

/** The tests that need the embedded platform: one after the other, on the one cluster there is. */
export default {
  ...base,
  testMatch: ["<rootDir>/test/cluster/*/*.test.ts"],
  globalSetup: "<rootDir>/test/cluster/setup.ts",
  testSequencer: "<rootDir>/test/cluster/sequencer.cjs",
  testTimeout: 15 * 60 * 1000,
  maxWorkers: 1,
};
