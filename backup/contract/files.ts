/** Folders that a container of the tools finds what it is given in. */
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
  /** What one step of a pod leaves for the next. */
  work: "/work",
  /** Data and socket of the throwaway server. */
  scratch: "/scratch",
} as const;

/** Secrets that the pods know by name, so that somebody else may make them in the program's place. */
export const SECRETS = {
  store: { producer: "backup-producer", janitor: "backup-janitor" },
  secondStore: { producer: "offsite-producer", janitor: "offsite-janitor" },
  decryptionKey: "backup-identity",
  /** Of the database's own archive, which the tools do not read. */
  archive: "postgres-archive",
} as const;

/** Keys of those Secrets, which are files in the folders above. */
export const SECRET_FILES = {
  user: "username",
  password: "password",
  decryptionKey: "identity",
  ca: "ca.crt",
  certificate: "tls.crt",
} as const;

/** Settings of a store: keys of its Secret, one file each where it is mounted. */
export const STORE_SETTINGS = {
  required: ["bucket", "region", "accessKeyId", "secretAccessKey"],
  optional: ["endpoint", "prefix", "forcePathStyle", SECRET_FILES.ca],
} as const;

export type StoreSetting = (typeof STORE_SETTINGS)["required" | "optional"][number];

/** What a step leaves in the work folder for a later one of the same pod. */
export const STEP_FILES = { dump: "dump.json", drill: "drill.json" } as const;
