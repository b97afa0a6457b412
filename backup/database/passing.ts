/**
 * SQLSTATE classes (appendix A of the Postgres manual) of failures that come from the moment, not from the statement: connections,
 * rollbacks and deadlocks, resources, objects in use, operator intervention, the system.
 */
const PASSING = ["08", "40", "53", "55P03", "55006", "57", "58", "XX"];

/** Whether the same statement may succeed a little later. */
export const isPassing = ({ code = "" }: { readonly code?: string | undefined }): boolean =>
  PASSING.some((start) => code.startsWith(start));
