/**
 * Classes of SQLSTATE (appendix A of Postgres' manual) that are about the moment, not about what was asked: connections, rollbacks and
 * deadlocks, resources, objects in use, an operator's word, the system.
 */
const PASSING = ["08", "40", "53", "55P03", "55006", "57", "58", "XX"];

/** Whether the same may go well a little later. */
export const isPassing = ({ code = "" }: { readonly code?: string | undefined }): boolean =>
  PASSING.some((start) => code.startsWith(start));
