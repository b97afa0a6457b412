const base = require("./jest.config.js");

/** The tests that need the real Pulumi CLI, but no cluster. */
module.exports = {
  ...base,
  testMatch: ["<rootDir>/{local,checks}/**/*.cli.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
  testTimeout: 120_000,
};
