import { type Breach, breaks } from "../testing/problems.ts";

test.each<Breach>([
  [
    "prod",
    "postgres.roles",
    [{ name: "acci_app" }],
    "acci:postgres.roles[0].name: must be none of the stack's or of Postgres's own, got acci_app; give it another name",
  ],
  [
    "prod",
    "postgres.roles",
    [{ name: "pg_reporting" }],
    "acci:postgres.roles[0].name: must be none of the stack's or of Postgres's own, got pg_reporting; give it another name",
  ],
  [
    "prod",
    "postgres.roles",
    [{ name: "reporting" }, { name: "reporting" }],
    "acci:postgres.roles[1].name: must be named once, got reporting again; remove one of them",
  ],
  [
    "prod",
    "postgres.roles",
    [{ name: "reporting", inRoles: ["pg_monitor", "acci_app", "auditors", "acci_restore"] }, { name: "auditors" }],
    "acci:postgres.roles[0].inRoles: must be acci, acci_app, acci_app_2, acci_backup, a role of Postgres or one above it, " +
      "got auditors, acci_restore; list that role before it, or remove it",
  ],
  [
    "prod",
    "postgres.extensions",
    ["pgaudit"],
    "acci:postgres.extensions: must not have pgaudit; acci:postgres.audit: pgaudit makes it, and without that the operator drops it",
  ],
  [
    "prod",
    "postgres.extensions",
    ["postgis", "hstore", "postgis"],
    "acci:postgres.extensions: must have each once, got postgis again; remove one of them",
  ],
])("%s: %s = %j breaks a rule", (...breach) => breaks(breach));
