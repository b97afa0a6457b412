/** Keys by their path below `acci:`, with the name that each had in an earlier release. */
export const RENAMED: readonly (readonly [before: string, now: string])[] = [
  ["platform", "addons"],
  ["postgres.archive", "postgres.walArchive"],
  ["backups.jobs", "backups.parallelism"],
  ["backups.scratch", "backups.verification"],
  ["backups.silenceSeconds", "backups.heartbeatTimeoutSeconds"],
  ["storeKeys.producer", "storeKeys.writer"],
  ["storeKeys.janitor", "storeKeys.pruner"],
  ["storeKeys.offsite.producer", "storeKeys.offsite.writer"],
  ["storeKeys.offsite.janitor", "storeKeys.offsite.pruner"],
  ["storeKeys.archive", "storeKeys.walArchive"],
  ["restore.unverified", "restore.allowFailed"],
];

/** The present name of a key; undefined when it was not renamed. */
export const renamedTo = (path: readonly PropertyKey[]): string | undefined =>
  RENAMED.find(([before]) => before === path.join("."))?.[1];

/** The earlier name of a key, or of the section that holds it, as a path. */
export const renamedFrom = (path: readonly PropertyKey[]): readonly string[] | undefined =>
  RENAMED.find(([, now]) => `${path.join(".")}.`.startsWith(`${now}.`))?.[0].split(".");
