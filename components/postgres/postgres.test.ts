import { Postgres, type PostgresArgs } from "./postgres.ts";
import { find, isSecret, record, type Recorded } from "../../test/recorder.ts";

const CLUSTER = "kubernetes:postgresql.cnpg.io/v1:Cluster";
const args: PostgresArgs = {
  namespace: "acci-prod",
  image: "ghcr.io/cloudnative-pg/postgresql:15.15",
  instances: 3,
  antiAffinity: "preferred",
  storage: { size: "50Gi" },
  maxConnections: 200,
  audit: "connections",
  roles: [],
  extensions: [],
  resources: { limits: { cpu: "4", memory: "8Gi" }, requests: { cpu: "2", memory: "4Gi" } },
  rotations: { owner: 0, app: 0, backup: 0, restore: 0 },
  protect: true,
};

const RESTORER = [
  "acci",
  "acci_app",
  "acci_app_2",
  "acci_backup",
  "pg_read_all_data",
  "pg_signal_backend",
  "pg_checkpoint",
];

let postgres: Postgres;
const recorded = (over: Partial<PostgresArgs> = {}) =>
  record((opts) => void (postgres = new Postgres("postgres", { ...args, ...over }, opts)));
const specOf = (resources: Recorded[]) => find(resources, CLUSTER, "postgres").inputs["spec"];

test("bootstraps one database whose owner is not who serves it", async () => {
  const spec = specOf(await recorded());
  expect(spec.bootstrap.initdb).toMatchObject({ database: "acci", owner: "acci", secret: { name: "postgres-owner" } });
  expect(spec.enableSuperuserAccess).toBe(false);
});

test("has a role for each kind of work, with the rights for it and no others", async () => {
  const { bootstrap, managed } = specOf(await recorded());
  const login = { ensure: "present", login: true, inherit: true };
  expect(managed.roles).toEqual([
    { name: "acci_app", ...login, passwordSecret: { name: "postgres-app" } },
    { name: "acci_app_2", ...login, inRoles: ["acci_app"], passwordSecret: { name: "postgres-app-2" } },
    {
      name: "acci_backup",
      ...login,
      bypassrls: true,
      inRoles: ["pg_read_all_data", "pg_read_all_stats"],
      passwordSecret: { name: "postgres-backup" },
    },
    {
      name: "acci_restore",
      ...login,
      bypassrls: true,
      createdb: true,
      replication: true,
      inRoles: RESTORER,
      passwordSecret: { name: "postgres-restore" },
    },
  ]);
  expect(bootstrap.initdb.postInitSQL).toEqual([
    "ALTER ROLE postgres SET log_min_duration_statement = -1",
    "ALTER ROLE postgres SET log_min_error_statement = panic",
    "CREATE ROLE acci_app LOGIN",
    "CREATE ROLE acci_app_2 LOGIN",
    "CREATE ROLE acci_backup LOGIN BYPASSRLS",
    "CREATE ROLE acci_restore LOGIN CREATEDB BYPASSRLS REPLICATION",
    "ALTER ROLE acci_backup SET default_transaction_read_only = on",
    "ALTER ROLE acci_backup SET lo_compat_privileges = on",
    "GRANT acci_app TO acci_app_2",
    "GRANT pg_read_all_data, pg_read_all_stats TO acci_backup",
    `GRANT ${RESTORER.join(", ")} TO acci_restore`,
  ]);
});

test("keeps configured roles too, which the role that restores can become", async () => {
  const roles = [
    { name: "Audit@corp" },
    { name: "reporting", inRoles: ["Audit@corp"], passwordSecret: "reporting-password" },
  ];
  const { bootstrap, managed } = specOf(await recorded({ roles }));
  const kept = { ensure: "present", inherit: true };
  expect(managed.roles.slice(0, 2)).toEqual([
    { name: "Audit@corp", ...kept, login: false },
    {
      name: "reporting",
      ...kept,
      login: true,
      inRoles: ["Audit@corp"],
      passwordSecret: { name: "reporting-password" },
    },
  ]);
  expect(managed.roles.at(-1)).toMatchObject({
    name: "acci_restore",
    inRoles: [...RESTORER, "Audit@corp", "reporting"],
  });
  expect(bootstrap.initdb.postInitSQL).toEqual(
    expect.arrayContaining([
      'CREATE ROLE "Audit@corp"',
      'CREATE ROLE "reporting" LOGIN',
      'GRANT "Audit@corp" TO "reporting"',
      `GRANT ${[...RESTORER, '"Audit@corp"', '"reporting"'].join(", ")} TO acci_restore`,
    ]),
  );
  expect(postgres.server.roles.slice(0, 3)).toEqual([
    { name: "acci", attributes: ["LOGIN"], memberOf: [] },
    { name: "Audit@corp", attributes: [], memberOf: [] },
    { name: "reporting", attributes: ["LOGIN"], memberOf: ["Audit@corp"] },
  ]);
});

test("makes extensions that only a superuser may create in the template, from which every database of the site is made", async () => {
  const { bootstrap, postgresql } = specOf(
    await recorded({ audit: "pgaudit", extensions: ["pg_stat_statements", "uuid-ossp"] }),
  );
  expect(bootstrap.initdb.postInitTemplateSQL).toEqual([
    'CREATE EXTENSION IF NOT EXISTS "pgaudit"',
    'CREATE EXTENSION IF NOT EXISTS "pg_stat_statements"',
    'CREATE EXTENSION IF NOT EXISTS "uuid-ossp"',
  ]);
  expect(postgres.server.extensions).toEqual(["pgaudit", "pg_stat_statements", "uuid-ossp"]);
  // The operator would drop it otherwise.
  expect(postgresql.parameters["pg_stat_statements.track"]).toBe("top");
  const without = specOf(await recorded());
  expect(without.bootstrap.initdb).not.toHaveProperty("postInitTemplateSQL");
  expect(Object.keys(without.postgresql.parameters)).not.toContain("pg_stat_statements.track");
});

test.each([
  [1, undefined],
  [2, "on"],
])(
  "%i instances: dumps ask the primary, and replicas keep what a dump of theirs reads: %s",
  async (instances, feedback) => {
    const resources = await recorded({ instances });
    expect(specOf(resources).postgresql.parameters["hot_standby_feedback"]).toBe(feedback);
    expect(await valueOf(postgres.reader.host)).toBe("postgres-rw.acci-prod.svc");
    for (const [secret, username] of [
      [postgres.reader.secret, "acci_backup"],
      [postgres.restorer.secret, "acci_restore"],
    ] as const) {
      const name = (await valueOf(secret)) as string;
      const { stringData } = find(resources, "kubernetes:core/v1:Secret", name).inputs as { stringData: any };
      expect([isSecret(stringData), stringData.value.username]).toEqual([true, username]);
    }
  },
);

test("admits passwords over TLS only", async () => {
  expect(specOf(await recorded()).postgresql.pg_hba).toEqual([
    "hostssl all all all scram-sha-256",
    "hostnossl all all all reject",
  ]);
});

test.each([
  [1, undefined, false],
  [2, { method: "any", number: 1, dataDurability: "preferred" }, true],
  [3, { method: "any", number: 1, dataDurability: "required" }, true],
])("%i instances: synchronous %j, disruption budget %s", async (instances, synchronous, enablePDB) => {
  const spec = specOf(await recorded({ instances }));
  expect([spec.instances, spec.postgresql.synchronous, spec.enablePDB]).toEqual([instances, synchronous, enablePDB]);
});

test("waits until the cluster is ready", async () => {
  const { metadata } = find(await recorded(), CLUSTER, "postgres").inputs as { metadata: any };
  expect(metadata.name).toBe("postgres");
  expect(metadata.annotations["pulumi.com/waitFor"]).toBe("condition=Ready");
});

test("is ready with its primary, when a restore comes next", async () => {
  const { metadata } = find(await recorded({ readyWithPrimary: true }), CLUSTER, "postgres").inputs as {
    metadata: any;
  };
  expect(metadata.annotations["pulumi.com/waitFor"]).toBe("jsonpath={.status.readyInstances}");
});

test.each([true, false])("protect = %s: no replacement takes the volumes", async (protect) => {
  const { opts } = find(await recorded({ protect }), CLUSTER, "postgres");
  expect([opts.protect, opts.retainOnDelete]).toEqual([protect, true]);
});

test.each(["preferred", "required"] as const)("keeps instances on nodes of their own: %s", async (antiAffinity) => {
  expect(specOf(await recorded({ antiAffinity })).affinity).toEqual({
    enablePodAntiAffinity: true,
    podAntiAffinityType: antiAffinity,
    topologyKey: "kubernetes.io/hostname",
  });
});

test("uses the storage class that is asked for", async () => {
  expect(specOf(await recorded()).storage).toEqual({ size: "50Gi" });
  expect(specOf(await recorded({ storage: { size: "1Gi", storageClass: "fast" } })).storage).toEqual({
    size: "1Gi",
    storageClass: "fast",
  });
});

test("passwords are secret, and safe in a URL", async () => {
  const resources = await recorded();
  const password = find(resources, "random:index/randomPassword:RandomPassword", "postgres-app").inputs;
  expect([password["length"], password["special"]]).toEqual([32, false]);
  expect(isSecret(find(resources, "kubernetes:core/v1:Secret", "postgres-app").inputs["stringData"])).toBe(true);
  expect([await isSecretOutput(postgres.appUrl), await isSecretOutput(postgres.ownerUrl)]).toEqual([true, true]);
});

test("a rotation changes one password; the application's moves to the role that is not in use", async () => {
  const keepers = async (rotations: Partial<PostgresArgs["rotations"]>) => {
    const resources = await recorded({ rotations: { ...args.rotations, ...rotations } });
    const found = resources.filter(({ type }) => type === "random:index/randomPassword:RandomPassword");
    return Object.fromEntries(found.map(({ name, inputs }) => [name, inputs["keepers"]]).filter(([, k]) => k));
  };
  const rotated = { rotation: "1" };
  expect(await keepers({})).toEqual({});
  expect(await keepers({ owner: 1 })).toEqual({ "postgres-owner": rotated });
  expect(await keepers({ backup: 1, restore: 1 })).toEqual({ "postgres-backup": rotated, "postgres-restore": rotated });
  expect(await keepers({ app: 1 })).toEqual({ "postgres-app-2": rotated });
  expect(await valueOf(postgres.appUrl)).toMatch(/^postgres:\/\/acci_app_2:password-of-postgres-app-2@/);
  expect(await keepers({ app: 2 })).toEqual({ "postgres-app-2": rotated, "postgres-app": { rotation: "2" } });
  expect(await valueOf(postgres.appUrl)).toMatch(/^postgres:\/\/acci_app:password-of-postgres-app@/);
});

test("connections verify the server by its CA", async () => {
  await recorded();
  expect(await valueOf(postgres.appUrl)).toBe(
    "postgres://acci_app:password-of-postgres-app@postgres-rw.acci-prod.svc:5432/acci" +
      "?sslmode=verify-full&sslrootcert=/etc/acci/postgres-ca/ca.crt",
  );
});

const valueOf = (output: unknown): Promise<unknown> => (output as { promise(): Promise<unknown> }).promise();
const isSecretOutput = (output: unknown): Promise<boolean> => (output as { isSecret: Promise<boolean> }).isSecret;
