import { z } from "zod";
import {
  choice,
  cron,
  dnsLabel,
  imageReference,
  leaf,
  memory,
  pattern,
  resources,
  section,
  text,
  wholeNumber,
} from "./types.ts";

const roleName = (description: string, example: string) =>
  pattern(
    /^[A-Za-z_][A-Za-z0-9_.@$-]{0,62}$/,
    "the name of a role: at most 63 letters, digits, and of _ . @ $ -, a letter first",
    description,
    example,
  );

export const postgres = section("The database.", {
  image: imageReference("Instance image.", "ghcr.io/cloudnative-pg/postgresql:15.15"),
  instances: wholeNumber(1, 9, "One primary, the others its replicas."),
  antiAffinity: choice(
    ["preferred", "required"],
    "Whether two instances on one node are avoided, or refused: an instance waits then for a node of its own.",
  ).default("preferred"),
  storage: memory("Volume of one instance."),
  storageClass: text("Storage class; the cluster's default when unset.", "fast").optional(),
  maxConnections: wholeNumber(20, 2000, "Connections the server accepts."),
  resources: resources("the database"),
  audit: choice(
    ["off", "connections", "pgaudit"],
    "What the log tells: who connects, and with pgaudit what is changed in roles and schema.",
  ).default("connections"),
  roles: leaf(
    z.array(
      section("A role.", {
        name: roleName("Its name.", "reporting"),
        inRoles: leaf(z.array(roleName("A role.", "acci_app")), {
          description:
            "Roles it is a member of: the stack's own but `acci_restore`, those of Postgres, or ones above it.",
          rule: "a list of roles",
          example: "[pg_read_all_data]",
        }).default([]),
        passwordSecret: dnsLabel(
          "basic-auth Secret with its password, made outside the program; it may log in only with one.",
          "postgres-reporting",
        ).optional(),
      }),
    ),
    {
      description:
        "Roles beside the stack's own that own something in the database or are granted something, so that a recovery has them: " +
        "each with `name`, and with `inRoles` and `passwordSecret` if it is a member of others or logs in.",
      rule: "a list of roles with a name each",
      example: "[{name: reporting, inRoles: [pg_read_all_data]}]",
    },
  ).default([]),
  extensions: leaf(z.array(pattern(/^[a-z_][a-z0-9_-]{0,62}$/, "the name of an extension", "Name.", "postgis")), {
    description:
      "Extensions that only a superuser may create, which the image has, in the order they need each other: made with the database, so that a " +
      "recovery has them; in one that exists, by hand (docs/recovery.md). pgaudit is `audit`'s to make.",
    rule: "a list of extensions",
    example: "[postgis]",
  }).default([]),
  pooler: section("PgBouncer between the application and the database.", {
    instances: wholeNumber(0, 20, "Pods; without any the application connects to the database itself.").default(0),
    image: imageReference("Image of PgBouncer, 1.21 or later.", "ghcr.io/cloudnative-pg/pgbouncer:1.25.1").default(
      "ghcr.io/cloudnative-pg/pgbouncer:1.25.1",
    ),
    poolSize: wholeNumber(1, 500, "Connections of one pod to the database.").default(20),
    resources: resources("the pooler").default({
      limits: { cpu: "1", memory: "256Mi" },
      requests: { cpu: "100m", memory: "64Mi" },
    }),
  }).prefault({}),
  walArchive: section(
    "The database's WAL, kept in the store of acci:backups so that any moment can be recovered; only dumps when unset.",
    {
      keepDays: wholeNumber(1, 3650, "How many days back.").default(14),
      schedule: cron(
        "When a base backup is made, which a recovery starts from; in the operator's time zone, most often UTC.",
        "0 1 * * *",
      ),
      timeoutSeconds: wholeNumber(
        1,
        3600,
        "How long written WAL may wait until it is archived, which is what the loss of the site costs. Each time takes a segment, " +
          "some kilobytes of the store while little is written.",
      ).default(45),
      server: dnsLabel(
        "Folder of the archive for this database alone; the namespace when unset. A database that is created again needs another folder.",
        "acci-prod-2",
      ).optional(),
      recover: section("Where a new database comes from, in place of an empty one. One that exists is left alone.", {
        from: dnsLabel("The `server` of the database to bring back.", "acci-prod"),
        at: pattern(
          /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/,
          "a time in UTC, in quotes",
          "What was committed until then; all there is when unset.",
          '"2026-01-01T12:00:00Z"',
        ).optional(),
      }).optional(),
    },
  ).optional(),
});
