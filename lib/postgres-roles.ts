/** A role beside the owner, kept by CloudNativePG. */
interface Role {
  readonly name: string;
  readonly attributes?: readonly ("bypassrls" | "createdb" | "replication")[];
  readonly inRoles?: readonly string[];
  /** What its sessions start with. */
  readonly settings?: Readonly<Record<string, string>>;
}

export const OWNER = "acci";
export const DATABASE = "acci";

const roles = {
  app: { name: "acci_app" },
  // The same under another name, so that the password of the one can be replaced while the other serves.
  app2: { name: "acci_app_2", inRoles: ["acci_app"] },
  backup: {
    name: "acci_backup",
    // Row-level security would hide rows from a dump; pg_dump aborts rather than write such a one.
    attributes: ["bypassrls"],
    inRoles: ["pg_read_all_data"],
    settings: { default_transaction_read_only: "on" },
  },
  restore: {
    name: "acci_restore",
    // Rows under row-level security are copied into tables that have it already, and counted to prove a restore. A replication slot holds the log
    // for replicas that join meanwhile; pg_hba admits nobody but the operator's own role to stream it.
    attributes: ["createdb", "bypassrls", "replication"],
    // A member of the owner makes databases for it and renames them, which nobody may be connected to meanwhile; a checkpoint lets replicas join.
    inRoles: [OWNER, "acci_app", "pg_signal_backend", "pg_checkpoint"],
  },
} as const satisfies Record<string, Role>;

export type RoleKey = keyof typeof roles;
export const userOf = (key: RoleKey): string => roles[key].name;

const all: readonly [RoleKey, Role][] = Object.entries(roles) as [RoleKey, Role][];

/** `spec.managed.roles`: the operator holds the roles to this, and sets their passwords. */
export function managedRoles<T>(secretOf: (key: RoleKey) => T) {
  return all.map(([key, { name, attributes = [], inRoles }]) => ({
    name,
    ensure: "present",
    login: true,
    inherit: true,
    ...Object.fromEntries(attributes.map((attribute) => [attribute, true])),
    ...(inRoles ? { inRoles } : {}),
    passwordSecret: { name: secretOf(key) },
  }));
}

/** The operator sets passwords in clear, as its own role. A slow or failed statement of others is logged with its text, this one never. */
const KEEP_PASSWORDS_OUT_OF_THE_LOG = [
  "ALTER ROLE postgres SET log_min_duration_statement = -1",
  "ALTER ROLE postgres SET log_min_error_statement = panic",
];

/** Makes the roles with the cluster, so that they can be granted to before the operator has got to them. */
export function createRoles(): string[] {
  return KEEP_PASSWORDS_OUT_OF_THE_LOG.concat(
    all.flatMap(([, { name, attributes = [], settings = {} }]) => [
      ["CREATE ROLE", name, "LOGIN", ...attributes.map((attribute) => attribute.toUpperCase())].join(" "),
      ...Object.entries(settings).map(([key, value]) => `ALTER ROLE ${name} SET ${key} = ${value}`),
    ]),
  );
}
