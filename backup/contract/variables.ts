import { z } from "zod";
import { rolloutPlanSchema } from "./rollout.ts";
import { addressSchema, keepSchema, restoreRequestSchema, siteRoleSchema } from "./shapes.ts";
import { choice, flag, json, list, number, optionalNumber, optionalText, text, type Variable } from "./variable.ts";

/** Values of variables that are not set. */
export const DEFAULTS = {
  /** Tables that are read or restored at the same time. */
  parallelism: 2,
  /** Seconds for which a heartbeat holds. */
  heartbeatTimeoutSeconds: 45,
  /** Seconds for which a lease holds after its last renewal. */
  leaseSeconds: 60,
} as const;

/** Every variable that a container of the tools may be given. Secrets are in files; variables hold the paths of the files. */
export const VARIABLES = {
  site: text("ACCI_SITE", "Name that the dumps carry, and that the catalogue knows the site by."),
  storeFolder: text("ACCI_STORE", "Folder with the settings of the store."),
  secondStoreFolder: text("ACCI_SECOND_STORE", "Folder with the settings of the store that is copied to."),
  run: text("ACCI_RUN", "Name of the pod, as holder of the lease."),
  tries: optionalNumber("ACCI_TRIES", "How often the command is tried in all; once when unset."),
  leaseSeconds: number("ACCI_LEASE_SECONDS", "How long a lease holds unless renewed.", DEFAULTS.leaseSeconds),

  workFolder: text("ACCI_WORK", "Folder that the steps of a pod share."),
  job: optionalText("ACCI_JOB", "Name of the Job; a second attempt does not dump again."),
  parallelism: number("ACCI_PARALLELISM", "Tables that are read or restored at once.", DEFAULTS.parallelism),
  recipients: list("ACCI_RECIPIENTS", "age public keys that a dump is encrypted to."),
  applicationImage: optionalText("ACCI_IMAGE", "What the application runs, by digest."),
  applicationSchema: optionalNumber(
    "ACCI_APPLICATION_SCHEMA",
    "Newest migration of the application; not known when unset.",
  ),
  decryptionKeyFile: optionalText("ACCI_IDENTITY_FILE", "File with the age secret key that opens dumps."),
  adopt: optionalText("ACCI_ADOPT", "System identifier of a database that was upgraded in place."),
  keep: json("ACCI_KEEP", "How many dumps are kept of each period.", keepSchema),
  lockDays: optionalNumber("ACCI_LOCK_DAYS", "For how many days a copied object cannot be removed."),
  lockMode: choice("ACCI_LOCK_MODE", "Whether a lock can be lifted.", ["governance", "compliance"]),

  siteRoles: json(
    "ACCI_ROLES",
    "Roles of the site's server, for the verification server.",
    z.array(siteRoleSchema).readonly(),
  ),
  extensions: list("ACCI_EXTENSIONS", "Extensions in the template of the site's server."),
  restoreRole: text("ACCI_RESTORE_ROLE", "Role that restores at the site, and is no superuser."),
  addresses: json(
    "ACCI_ADDRESSES",
    "Files that a drill leaves for the application.",
    z.array(addressSchema).readonly(),
  ),

  restore: json("ACCI_RESTORE", "Which dump to restore, and what may be done for it.", restoreRequestSchema),
  copyDatabase: text("ACCI_COPY", "Name of the new database beside the live one."),
  epoch: optionalNumber("ACCI_EPOCH", "Number that the failover must have; any when unset."),
  replicas: optionalNumber("ACCI_REPLICAS", "Replicas that a restore holds WAL for, until they stream."),

  host: text("ACCI_HOST", "Public name of the site."),
  route: text("ACCI_ROUTE", "Host and port at which the cluster reaches the controller."),
  application: text("ACCI_APPLICATION", "Host of the application inside the cluster."),
  certificateFile: text("ACCI_CERTIFICATE_FILE", "Certificate that the route must show."),
  checkSeconds: number("ACCI_SECONDS", "How long the application has to be found well.", 120),

  rollout: json("ACCI_ROLLOUT", "Steps of a canary, and what it is judged by.", rolloutPlanSchema),
  version: text("ACCI_VERSION", "What the pods of the canary run, as their annotation has it."),
  jobUid: text("ACCI_JOB_UID", "UID of the Job, as owner of the canary."),

  heartbeatTimeoutSeconds: number(
    "ACCI_HEARTBEAT_TIMEOUT_SECONDS",
    "How long a heartbeat holds.",
    DEFAULTS.heartbeatTimeoutSeconds,
  ),
  drillEverySeconds: optionalNumber("ACCI_DRILL_EVERY_SECONDS", "Seconds between drills; there are none when unset."),
  archiveServer: optionalText(
    "ACCI_ARCHIVE_SERVER",
    "Folder that the database archives to; there is no archive when unset.",
  ),
  offsite: flag("ACCI_OFFSITE", "Whether dumps are copied to a second store."),

  cacheHost: text("ACCI_CACHE_HOST", "Host of the cache."),
  cachePort: number("ACCI_CACHE_PORT", "Its port.", 6379),
  cacheUser: text("ACCI_CACHE_USER", "User that may empty it."),
  cachePasswordFile: text("ACCI_CACHE_PASSWORD_FILE", "File with that user's password."),
  cacheCaFile: optionalText("ACCI_CACHE_CA_FILE", "PEM certificates it is trusted by; without TLS when unset."),

  databaseHost: text("PGHOST", "Host of the database, or the folder of its socket."),
  databasePort: number("PGPORT", "Its port.", 5432),
  databaseUser: text("PGUSER", "Role that connects."),
  databaseName: text("PGDATABASE", "Name of the database."),
  databasePasswordFile: optionalText("PGPASSWORD_FILE", "File with the role's password; none when unset."),
  databaseCaFile: optionalText("PGSSLROOTCERT", "PEM certificates it is trusted by; without TLS when unset."),

  verificationFolder: text("VERIFICATION_FOLDER", "Folder of the verification server's data and socket."),
  verificationIndexMemory: text(
    "VERIFICATION_INDEX_MEMORY",
    "Memory for each index that the verification server builds.",
  ),
} as const;

export type VariableKey = keyof typeof VARIABLES;

export type ValueOf<K extends VariableKey> = ReturnType<(typeof VARIABLES)[K]["parse"]>;

/** Values for a container, by variable. `Text` is the type of texts, because the program has some of them only when it deploys. */
export type Given<Text = string> = {
  readonly [K in VariableKey]?: (string extends NonNullable<ValueOf<K>> ? Text : NonNullable<ValueOf<K>>) | undefined;
};

/** The environment that holds the given values, in their order; undefined values are left out. */
export function environment<Text = string>(given: Given<Text>): Record<string, Text | string> {
  const texts: Record<string, Text | string> = {};
  for (const [key, value] of Object.entries<unknown>(given)) {
    if (value === undefined || value === null) continue;
    const { name, print }: Variable<unknown> = VARIABLES[key as VariableKey];
    // Texts are printed unchanged, whatever their type, so a value that is known only at deployment passes through.
    const printed = print(value) as Text | string | undefined;
    if (printed !== undefined) texts[name] = printed;
  }
  return texts;
}
