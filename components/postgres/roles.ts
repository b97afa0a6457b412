import type { SiteRole } from "../../backup/contract/shapes.ts";
import { identifier } from "../../backup/database/sql.ts";
import { OWNER, ROLE_NAMES } from "../../config/own-roles.ts";

/** A role beside the owner, kept by CloudNativePG. */
interface Role {
  readonly name: string;
  readonly attributes?: readonly ("bypassrls" | "createdb" | "replication")[];
  readonly inRoles?: readonly string[];
  /** What its sessions start with. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A role beside the stack's own, that owns something in the database or is granted something there. */
export interface ExtraRole {
  readonly name: string;
  readonly inRoles?: readonly string[];
  /** basic-auth Secret with its password. @default - it may not log in */
  readonly passwordSecret?: string | undefined;
}

export const DATABASE = "acci";

const roles = {
  app: { name: ROLE_NAMES.app },
  // The same under another name, so that the password of the one can be replaced while the other serves.
  app2: { name: ROLE_NAMES.app2, inRoles: [ROLE_NAMES.app] },
  backup: {
    name: ROLE_NAMES.backup,
    // Row-level security would hide rows from a dump; pg_dump aborts rather than write such a one.
    attributes: ["bypassrls"],
    // It asks the primary which replicas stream, to dump from one of them.
    inRoles: ["pg_read_all_data", "pg_read_all_stats"],
    // pg_read_all_data does not reach large objects, each of which has an owner.
    settings: { default_transaction_read_only: "on", lo_compat_privileges: "on" },
  },
  restore: {
    name: ROLE_NAMES.restore,
    // Rows under row-level security are copied into tables that have it already, and counted to verify a restore. A replication slot holds WAL
    // for replicas that join meanwhile; pg_hba admits only the operator's own role to stream it.
    attributes: ["createdb", "bypassrls", "replication"],
    // A member of every role gives back what it owned, was granted and had set; it counts the rows of all. Sessions of a database
    // that is renamed must end, and a checkpoint lets replicas join.
    inRoles: [
      OWNER,
      ROLE_NAMES.app,
      ROLE_NAMES.app2,
      ROLE_NAMES.backup,
      "pg_read_all_data",
      "pg_signal_backend",
      "pg_checkpoint",
    ],
  },
} as const satisfies Record<string, Role>;

export type RoleKey = keyof typeof roles;
export const userOf = (key: RoleKey): string => roles[key].name;

/** The stack's own but the owner, the one that restores as a member of the extra ones. */
const ownOf = (extra: readonly ExtraRole[]): readonly [RoleKey, Role][] =>
  (Object.entries(roles) as [RoleKey, Role][]).map(([key, role]) => [
    key,
    key === "restore" ? { ...role, inRoles: [...(role.inRoles ?? []), ...extra.map(({ name }) => name)] } : role,
  ]);

/** `spec.managed.roles`: the operator holds the roles to this, and sets their passwords. */
export function managedRoles<T>(secretOf: (key: RoleKey) => T, extra: readonly ExtraRole[] = []) {
  const kept = { ensure: "present", inherit: true };
  const membership = ({ inRoles = [] }: ExtraRole | Role) => (inRoles.length > 0 ? { inRoles } : {});
  return [
    ...extra.map((role) => ({
      name: role.name,
      ...kept,
      login: role.passwordSecret !== undefined,
      ...membership(role),
      ...(role.passwordSecret === undefined ? {} : { passwordSecret: { name: role.passwordSecret } }),
    })),
    ...ownOf(extra).map(([key, role]) => ({
      name: role.name,
      ...kept,
      login: true,
      ...Object.fromEntries((role.attributes ?? []).map((attribute) => [attribute, true])),
      ...membership(role),
      passwordSecret: { name: secretOf(key) },
    })),
  ];
}

/** Every role of a site's server, the owner first: what a dump may name. */
export function siteRoles(extra: readonly ExtraRole[] = []): SiteRole[] {
  return [
    { name: OWNER, attributes: ["LOGIN"], memberOf: [] },
    ...extra.map(({ inRoles = [], name, passwordSecret }) => ({
      name,
      attributes: passwordSecret === undefined ? [] : ["LOGIN"],
      memberOf: inRoles,
    })),
    ...ownOf(extra).map(([, { attributes = [], inRoles = [], name }]) => ({
      name,
      attributes: ["LOGIN", ...attributes.map((attribute) => attribute.toUpperCase())],
      memberOf: inRoles,
    })),
  ];
}

/** The operator sets passwords in clear, as its own role. A slow or failed statement of others is logged with its text, this one never. */
const KEEP_PASSWORDS_OUT_OF_THE_LOG = [
  "ALTER ROLE postgres SET log_min_duration_statement = -1",
  "ALTER ROLE postgres SET log_min_error_statement = panic",
];

/** Makes the roles with the cluster: a restore begins before the operator has got to them, and then they can be granted to. */
export function createRoles(extra: readonly ExtraRole[] = []): string[] {
  const [, ...made] = siteRoles(extra);
  const quoted = (name: string) => (extra.some((role) => role.name === name) ? identifier(name) : name);
  const settings = Object.values<Role>(roles).flatMap(({ name, settings = {} }) =>
    Object.entries(settings).map(([key, value]) => `ALTER ROLE ${name} SET ${key} = ${value}`),
  );
  return [
    ...KEEP_PASSWORDS_OUT_OF_THE_LOG,
    ...made.map(({ attributes, name }) => ["CREATE ROLE", quoted(name), ...attributes].join(" ")),
    ...settings,
    ...made
      .filter(({ memberOf }) => memberOf.length > 0)
      .map((role) => `GRANT ${role.memberOf.map(quoted).join(", ")} TO ${quoted(role.name)}`),
  ];
}
