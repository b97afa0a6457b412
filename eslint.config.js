import js from "@eslint/js";
import importX from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

/** From the bottom to the top: a folder imports those before it, never those after it. */
const LAYERS = [
  "tooling",
  "kubernetes",
  "engine",
  "config",
  "helm-history",
  "diagnosis",
  "release",
  "components",
  "args",
  "dashboards",
  "ops",
  "ci",
];
const upwards = LAYERS.flatMap((target, i) =>
  LAYERS.slice(i + 1).map((from) => ({
    target: `./${target}`,
    from: `./${from}`,
    message: `${target}/ is below ${from}/, and imports nothing of it`,
  })),
);
const intoTheImage = [...LAYERS, "policy"].map((from) => ({
  target: "./backup",
  from: `./${from}`,
  message: "the image of the backup tools has backup/ alone",
}));

export default tseslint.config(
  { ignores: ["node_modules/", "coverage/", "dist/", "app/", "helm/"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.base],
    plugins: { "import-x": importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "no-undef": "off",
      "no-unused-vars": "off",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      // An Output in a template literal prints "Calling [toString] on an [Output<T>]" into the manifest, without an error.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-base-to-string": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "import-x/no-cycle": "error",
    },
    settings: {
      "import-x/extensions": [".ts", ".mts"],
      "import-x/parsers": { "@typescript-eslint/parser": [".ts", ".mts"] },
    },
  },
  {
    // The embedded platform is a product of its own: what is deployed, and the scripts for a cluster of one's own, work without it.
    files: ["**/*.ts"],
    ignores: ["{local,bench,test}/**", "**/*.test.ts", "**/testing/**"],
    rules: {
      "import-x/no-restricted-paths": [
        "error",
        {
          zones: [
            ...upwards,
            ...intoTheImage,
            {
              target: "./",
              from: "./local",
              message: "only local/, bench/ and tests may import local/; what others need as well belongs in tooling/",
            },
          ],
        },
      ],
    },
  },
  {
    // Recorded inputs are whatever a provider would get.
    files: ["test/**/*.ts", "**/*.test.ts", "**/testing/**/*.ts"],
    rules: { "@typescript-eslint/no-explicit-any": "off" },
  },
  {
    // A skipped test counts as failed in `make test`, and a focused one hides the others.
    files: ["**/*.test.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        ...["describe", "it", "test"].flatMap((object) =>
          ["skip", "only"].map((property) => ({ object, property, message: "leave it out by a condition, or run it" })),
        ),
      ],
    },
  },
);
