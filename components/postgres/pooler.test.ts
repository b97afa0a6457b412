import { Pooler, type PoolerArgs } from "./pooler.ts";
import { Postgres, type PostgresArgs } from "./postgres.ts";
import { find, record } from "../../test/recorder.ts";

const POOLER = "kubernetes:postgresql.cnpg.io/v1:Pooler";
const args: PoolerArgs = {
  namespace: "acci-prod",
  cluster: "postgres",
  image: "ghcr.io/cloudnative-pg/pgbouncer:1.25.1",
  instances: 2,
  poolSize: 20,
  maxClients: 110,
  resources: { limits: { cpu: "1", memory: "256Mi" }, requests: { cpu: "100m", memory: "64Mi" } },
};

const recorded = (over: Partial<PoolerArgs> = {}) =>
  record((opts) => void new Pooler("pooler", { ...args, ...over }, opts));
const specOf = async (over: Partial<PoolerArgs> = {}) => find(await recorded(over), POOLER, "pooler").inputs["spec"];

test("lends server connections for a transaction, to the primary", async () => {
  expect(await specOf()).toMatchObject({
    cluster: { name: "postgres" },
    instances: 2,
    type: "rw",
    pgbouncer: {
      poolMode: "transaction",
      parameters: { default_pool_size: "20", max_client_conn: "110", max_prepared_statements: "200" },
    },
  });
});

test("speaks TLS on both sides, and verifies the database", async () => {
  const { pgbouncer } = await specOf();
  expect(pgbouncer.parameters).toMatchObject({ client_tls_sslmode: "require", server_tls_sslmode: "verify-full" });
  expect(pgbouncer.pg_hba).toEqual([
    "hostssl all all 0.0.0.0/0 scram-sha-256",
    "hostnossl all all 0.0.0.0/0 reject",
    "hostssl all all ::/0 scram-sha-256",
    "hostnossl all all ::/0 reject",
  ]);
});

test("is deleted before its pods, which its operator would make anew", async () => {
  const { metadata } = find(await recorded(), "kubernetes:postgresql.cnpg.io/v1:Pooler", "pooler").inputs as any;
  expect(metadata.annotations["pulumi.com/deletionPropagationPolicy"]).toBe("background");
});

test("every container of its pods is sized", async () => {
  const { spec } = (await specOf()).template;
  expect([...spec.containers, ...spec.initContainers].map(({ name, resources }) => [name, resources])).toEqual([
    ["pgbouncer", args.resources],
    ["bootstrap-controller", args.resources],
  ]);
});

test.each([
  [1, 0],
  [2, 1],
])("%i pods have %i disruption budgets", async (instances, budgets) => {
  const found = (await recorded({ instances })).filter(({ type }) => type.endsWith(":PodDisruptionBudget"));
  expect(found).toHaveLength(budgets);
});

describe("of a database", () => {
  const { cluster: _, namespace, ...pooler } = args;
  const database: PostgresArgs = {
    namespace,
    image: "ghcr.io/cloudnative-pg/postgresql:15.15",
    instances: 3,
    antiAffinity: "preferred",
    storage: { size: "50Gi" },
    maxConnections: 200,
    audit: "connections",
    roles: [],
    extensions: [],
    resources: args.resources,
    pooler,
    rotations: { owner: 0, app: 0, backup: 0, restore: 0 },
    protect: true,
  };

  test("the application goes through it, migrations do not, and its name is in the certificate", async () => {
    let postgres: Postgres;
    const resources = await record((opts) => void (postgres = new Postgres("postgres", database, opts)));
    const hostOf = async (url: unknown) => new URL(await (url as { promise(): Promise<string> }).promise()).host;
    expect(await hostOf(postgres!.appUrl)).toBe("postgres-pooler.acci-prod.svc:5432");
    expect(await hostOf(postgres!.ownerUrl)).toBe("postgres-rw.acci-prod.svc:5432");
    const { spec } = find(resources, "kubernetes:postgresql.cnpg.io/v1:Cluster", "postgres").inputs as { spec: any };
    expect(spec.certificates.serverAltDNSNames).toEqual([
      "postgres-pooler",
      "postgres-pooler.acci-prod",
      "postgres-pooler.acci-prod.svc",
    ]);
  });
});
