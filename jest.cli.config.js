const base = require("./jest.config.js");

/** The tests that need the real tools, the Pulumi CLI and cosign among them, but no cluster. */
module.exports = {
  ...base,
  testMatch: ["<rootDir>/{local,release,checks,backup,ops}/**/*.cli.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
  setupFiles: ["<rootDir>/test/native-errors.ts"],
  testTimeout: 120_000,
};
