/** Transpiles without type checking: `tsc` already does that once, for everything. */
module.exports = {
  testMatch: ["<rootDir>/{test,local,ops,checks,release,backup}/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/test/e2e/", "\\.cli\\.test\\.ts$"],
  transform: {
    "\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" } },
    ],
  },
};
