/** Owns the database and its schema. */
export const OWNER = "acci";

/** The stack's roles beside the owner, each for one kind of work. */
export const ROLE_NAMES = {
  app: "acci_app",
  app2: "acci_app_2",
  backup: "acci_backup",
  restore: "acci_restore",
} as const;

export const OWN_ROLES: readonly string[] = [OWNER, ...Object.values(ROLE_NAMES)];

/** Roles that a configured one may be a member of; never of the one that restores, which is a member of it. */
export const JOINABLE: readonly string[] = [OWNER, ROLE_NAMES.app, ROLE_NAMES.app2, ROLE_NAMES.backup];
