import { JOINABLE, OWN_ROLES } from "../own-roles.ts";
import type { Values } from "../schema.ts";

/** The operator keeps these for itself. */
const RESERVED = ["postgres", "streaming_replica", "cnpg_pooler_pgbouncer"];

/** Of what a database has beside its own contents. */
export const databaseRules = ({ postgres }: Values): string[] => [
  ...roleRules(postgres.roles),
  ...extensionRules(postgres.extensions),
];

function roleRules(roles: Values["postgres"]["roles"]): string[] {
  return roles.flatMap(({ inRoles, name }, i) => {
    const key = `acci:postgres.roles[${i}]`;
    const above = roles.slice(0, i).map((role) => role.name);
    const problems: string[] = [];
    if ([...OWN_ROLES, ...RESERVED].includes(name) || name.startsWith("pg_"))
      problems.push(`${key}.name: must be none of the stack's or of Postgres's own, got ${name}; give it another name`);
    if (above.includes(name)) problems.push(`${key}.name: must be named once, got ${name} again; remove one of them`);
    // One above it was made before it, and cannot be a member of it.
    const unknown = inRoles.filter((role) => ![...JOINABLE, ...above].includes(role) && !role.startsWith("pg_"));
    if (unknown.length > 0)
      problems.push(
        `${key}.inRoles: must be ${JOINABLE.join(", ")}, a role of Postgres or one above it, got ${unknown.join(", ")}; ` +
          "list that role before it, or remove it",
      );
    return problems;
  });
}

function extensionRules(extensions: readonly string[]): string[] {
  const twice = extensions.find((name, i) => extensions.indexOf(name) < i);
  return [
    ...(extensions.includes("pgaudit")
      ? [
          "acci:postgres.extensions: must not have pgaudit; acci:postgres.audit: pgaudit makes it, and without that the operator drops it",
        ]
      : []),
    ...(twice === undefined
      ? []
      : [`acci:postgres.extensions: must have each once, got ${twice} again; remove one of them`]),
  ];
}
