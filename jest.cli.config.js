import base from "./jest.config.js";

/** The tests that need the real tools, the Pulumi CLI and cosign among them, but no cluster. */
export default {
  ...base,
  testMatch: ["<rootDir>/{local,release,checks,backup,ops}/**/*.cli.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
  setupFiles: ["<rootDir>/test/native-errors.ts"],
  testTimeout: 120_000,
};
