/** Folders in which a container of the tools finds its files. */
export const FOLDERS = {
  /** Settings and key of the store that the command works on. */
  store: "/etc/acci/store",
  secondStore: "/etc/acci/second-store",
  database: "/etc/acci/database",
  databaseCa: "/etc/acci/postgres-ca",
  cache: "/etc/acci/cache",
  cacheCa: "/etc/acci/cache-ca",
  decryptionKey: "/etc/acci/identity",
  certificate: "/etc/acci/certificate",
  /** Token and CA of the Kubernetes API. */
  kubernetes: "/etc/acci/kubernetes",
  /** Files that one step of a pod leaves for the next. */
  work: "/work",
  /** Data and socket of the verification server. */
  verification: "/verification",
} as const;

/**
 * Names of Secrets. They are fixed, because the pods mount the Secrets by name, and so that the Secrets can also be made outside the
 * program.
 */
export const SECRETS = {
  store: { writer: "backup-writer", pruner: "backup-pruner" },
  secondStore: { writer: "offsite-writer", pruner: "offsite-pruner" },
  decryptionKey: "backup-identity",
  /** Secret of the database's WAL archive, which the tools do not read. */
  walArchive: "postgres-archive",
} as const;

/** Keys of Secrets, which are file names in the folders above. */
export const SECRET_FILES = {
  user: "username",
  password: "password",
  decryptionKey: "identity",
  ca: "ca.crt",
  certificate: "tls.crt",
  token: "token",
} as const;

/** Settings of a store: keys of its Secret, each mounted as one file. */
export const STORE_SETTINGS = {
  required: ["bucket", "region", "accessKeyId", "secretAccessKey"],
  optional: ["endpoint", "prefix", "forcePathStyle", SECRET_FILES.ca],
} as const;

export type StoreSetting = (typeof STORE_SETTINGS)["required" | "optional"][number];

/** Files that a step leaves in the work folder for a later step of the same pod. */
export const STEP_FILES = { dump: "dump.json", drill: "drill.json" } as const;
