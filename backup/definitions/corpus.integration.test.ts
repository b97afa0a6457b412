import { rmSync } from "node:fs";
import path from "node:path";
import { type Connection, withClient } from "../database/connection.ts";
import { identifier } from "../database/sql.ts";
import { BackupError } from "../errors.ts";
import { generatedSchemas } from "../testing/corpus/generated/schema.ts";
import { unrestorable } from "../testing/corpus/unrestorable.ts";
import { writtenSchemas } from "../testing/corpus/written.ts";
import { bareRoundTrip, compare, pictureOf } from "../testing/oracle.ts";
import { type Restored, RoundTrip } from "../testing/round-trip.ts";

let trip: RoundTrip;

beforeAll(async () => {
  trip = await RoundTrip.start();
});
afterAll(() => trip.stop());

const onServer = (statement: string) => trip.source.query(trip.source.connection(), statement);

/** Runs the work with the database that pg_dump and pg_restore alone make of the source. */
async function withBare<T>(source: Connection, options: string, work: (bare: Connection) => Promise<T>): Promise<T> {
  const name = `${source.database}_bare`;
  const archive = path.join(source.host, name);
  await onServer(`CREATE DATABASE ${identifier(name)} OWNER acci ${options}`);
  try {
    const bare = trip.source.connection(name);
    await bareRoundTrip(source, bare, archive);
    return await work(bare);
  } finally {
    rmSync(archive, { force: true });
    await onServer(`DROP DATABASE ${identifier(name)}`);
  }
}

/** Expects that the product finds no difference, that its restore equals that of pg_dump and pg_restore, and that these keep all rows. */
async function expectSame(restored: Restored, options: string): Promise<void> {
  expect(await restored.problems()).toEqual([]);
  await withBare(restored.source, options, async (bare) => {
    const expected = await pictureOf(bare);
    expect((await pictureOf(restored.source)).content).toEqual(expected.content);
    expect(compare(expected, await pictureOf(restored.target))).toEqual([]);
  });
}

describe("a schema with traps is the same when it came back:", () => {
  it.each(writtenSchemas())("$name", async ({ options, sql, superuser }) => {
    const restored = await trip.restored({ sql, superuser, options });
    try {
      await expectSame(restored, options);
    } finally {
      await trip.forget(restored);
    }
  });
});

/** Runs the statements as the owner; returns how many of them Postgres took and refused. */
async function make(source: Connection, statements: readonly string[]): Promise<{ taken: number; refused: number }> {
  let taken = 0;
  await withClient({ ...source, user: "acci" }, async (client) => {
    for (const statement of statements)
      await client.query(statement).then(
        () => taken++,
        () => {},
      );
  });
  return { taken, refused: statements.length - taken };
}

const GENERATED = 40;
const TEMPLATE = "TEMPLATE template0";

describe("a schema that fast-check made is the same when it came back:", () => {
  const definitions = { taken: 0, refused: 0 };
  let counted = 0;

  it.each(generatedSchemas(GENERATED).map((statements, number) => ({ number, statements })))(
    "number $number",
    async ({ number, statements }) => {
      const name = `made_${number}`;
      await onServer(`CREATE DATABASE ${name} OWNER acci ${TEMPLATE}`);
      const source = trip.source.connection(name);
      const defining = statements.filter((statement) => !statement.startsWith("INSERT"));
      const { refused, taken } = await make(source, statements);
      definitions.taken += taken;
      definitions.refused += refused;
      expect(defining.length).toBeGreaterThan(10);
      // A schema that pg_dump and pg_restore cannot restore is not compared.
      const possible = await withBare(source, TEMPLATE, () => Promise.resolve(true)).catch(() => false);
      if (!possible) return;
      counted++;
      const restored = await trip.bringBack(source);
      try {
        await expectSame(restored, TEMPLATE);
      } finally {
        await trip.forget(restored);
      }
    },
  );

  it("at least 35 of them, of statements most of which Postgres takes", () => {
    expect(counted).toBeGreaterThanOrEqual(35);
    expect(definitions.taken).toBeGreaterThan(1500);
    expect(definitions.taken).toBeGreaterThan(2 * definitions.refused);
  });
});

describe("what a recovery could not bring back is refused by name:", () => {
  it.each(Object.entries(unrestorable))("%s", async (_, { names, server = [], ...setup }) => {
    await withClient(trip.source.connection(), async (client) => {
      for (const statement of server) await client.query(statement);
    });
    const said = await trip.restored({ ...setup, options: TEMPLATE }).then(
      () => "it came back",
      (error: Error) =>
        error instanceof BackupError ? `${error.kind} ${error.exitCode}: ${error.message}` : String(error),
    );
    expect(said).toMatch(/^unrestorable 78: /);
    expect(said).toMatch(names);
  });
});
