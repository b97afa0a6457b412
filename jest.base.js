/** Written as ES modules only; jest loads CommonJS. */
const ESM_ONLY = "(age-encryption|@noble|@scure|@hpke)";
const swc = (syntax) => ["@swc/jest", { jsc: { parser: { syntax }, target: "es2022" }, module: { type: "commonjs" } }];

/** Transpiles without type checking: `tsc` already does that once, for everything. */
export default {
  testPathIgnorePatterns: ["/node_modules/"],
  transform: { "\\.ts$": swc("typescript"), [`/node_modules/${ESM_ONLY}/.*\\.js$`]: swc("ecmascript") },
  transformIgnorePatterns: [`/node_modules/(?!${ESM_ONLY}/)`],
};
