import { environment, VARIABLES } from "./contract/variables.ts";
import { EXIT_CODES } from "./contract/exit-codes.ts";
import { connectionOf, read } from "./settings.ts";

const keep = { hourly: 0, daily: 7, weekly: 5, monthly: 12, yearly: 3 };

test("what the program writes is what a tool reads", () => {
  const given = {
    site: "acci-prod",
    parallelism: 4,
    recipients: ["age1a", "age1b"],
    offsite: true,
    keep,
    lockMode: "compliance",
    restore: { dump: "d", replace: true },
    siteRoles: [{ name: "acci", attributes: ["LOGIN"], memberOf: [] }],
  } as const;
  const settings = read(environment(given));
  for (const key of Object.keys(given) as (keyof typeof given)[]) expect(settings[key]).toEqual(given[key]);
});

test("what is undefined, or a flag that is down, is left out", () => {
  expect(environment({ site: "a", adopt: undefined, offsite: false, recipients: [] })).toEqual({
    ACCI_SITE: "a",
    ACCI_RECIPIENTS: "",
  });
});

test("what is not set, or empty, is the default, or nothing", () => {
  const settings = read({ ACCI_TRIES: "", ACCI_IMAGE: "" });
  expect([
    settings.parallelism,
    settings.heartbeatTimeoutSeconds,
    settings.leaseSeconds,
    settings.checkSeconds,
  ]).toEqual([2, 45, 60, 120]);
  expect([settings.tries, settings.applicationImage, settings.offsite, settings.recipients]).toEqual([
    undefined,
    undefined,
    false,
    [],
  ]);
});

test.each([
  ["ACCI_SITE", undefined, "ACCI_SITE: is required, got nothing; set it in the environment"],
  ["ACCI_PARALLELISM", "many", "ACCI_PARALLELISM: must be a whole number from 1, got many; set it to, for example, 2"],
  ["ACCI_EPOCH", "0", "ACCI_EPOCH: must be a whole number from 1, got 0; set it to, for example, 1"],
  ["ACCI_LOCK_MODE", "no", "ACCI_LOCK_MODE: must be one of governance, compliance, got no; set it to one of them"],
  ["ACCI_KEEP", "7", /^ACCI_KEEP: must be .*, got 7; mend Invalid input: expected object, received number$/],
  ["ACCI_KEEP", '{"daily":7}', /, got \{"daily":7\}; mend hourly: Invalid input: expected number, .*, yearly: /],
  ["ACCI_RESTORE", '{"dumb":"d"}', /, got \{"dumb":"d"\}; mend Unrecognized key: "dumb"$/],
  ["ACCI_RESTORE", "{", /^ACCI_RESTORE: must be JSON, got \{ \(/],
])("%s of %s is refused by name, as wrong input", (name, value, message) => {
  const settings = read({ [name]: value });
  const [key] = Object.entries(VARIABLES).find(([, variable]) => variable.name === name)!;
  expect(() => settings[key as keyof typeof VARIABLES]).toThrow(message);
  expect(() => settings[key as keyof typeof VARIABLES]).toThrow(
    expect.objectContaining({ exitCode: EXIT_CODES.input }) as Error,
  );
});

test("no two variables have one name", () => {
  const names = Object.values(VARIABLES).map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
});

test("a database is reached by the variables of libpq", () => {
  const env = { PGHOST: "db", PGUSER: "acci_backup", PGDATABASE: "acci", PGPASSWORD_FILE: "/p" };
  expect(connectionOf(read(env))).toEqual({
    host: "db",
    port: 5432,
    user: "acci_backup",
    database: "acci",
    passwordFile: "/p",
  });
});
