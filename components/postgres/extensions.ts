import type { Audit } from "./parameters.ts";

interface ExtensionsConfig {
  readonly audit: Audit;
  /** Extensions beside pgaudit. */
  readonly extensions: readonly string[];
}

/** Extensions that every database of the site has and that only a superuser may create, in the order in which they depend on each other. */
export const superuserExtensions = ({ audit, extensions }: ExtensionsConfig): string[] => [
  ...(audit === "pgaudit" ? ["pgaudit"] : []),
  ...extensions,
];

/**
 * Makes them with the cluster, in its template: the site's first database is made from that, and so is one that a dump is restored to, by a
 * role that is no superuser. The operator makes pgaudit as well, but only where it is missing when the primary's manager starts.
 */
export const createExtensions = (names: readonly string[]): string[] =>
  names.map((name) => `CREATE EXTENSION IF NOT EXISTS "${name}"`);
