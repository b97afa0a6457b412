import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { buildArgsOf, LABELS, type Schema, schemaOfContext, schemaOfLabels } from "./schema.ts";
import { type Deployed, misfitOf, misfitOfDump, misfitOfRevision, oldestServed } from "./schema-fit.ts";
import { project } from "../tooling/paths.ts";

const folder = mkdtempSync(join(tmpdir(), "acci-schema-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A folder with a Dockerfile's migrations. */
function context(name: string, files: Readonly<Record<string, string>>): string {
  const at = join(folder, name);
  mkdirSync(join(at, "migrations"), { recursive: true });
  for (const [file, sql] of Object.entries(files)) writeFileSync(join(at, "migrations", file), sql);
  return at;
}

describe("the schema of an image that is built", () => {
  test("is that of its migrations", () => {
    expect(schemaOfContext(join(project, "app"))).toEqual({ version: 1, oldestApplication: 0 });
    const files = {
      "0001_notes.sql": "CREATE TABLE notes ();",
      "0002_label.sql": "ALTER TABLE notes ADD COLUMN label text;",
      "0003_drop_title.sql":
        "-- Read by none since 2.\n-- acci:oldest-application 2\nALTER TABLE notes DROP COLUMN title;",
      "20261128105500_more.sql": "SELECT 1;",
      "20261128105500_more.down.sql": "-- acci:oldest-application of no use",
      "README.md": "no migration",
    };
    expect(schemaOfContext(context("all", files))).toEqual({ version: 20261128105500, oldestApplication: 2 });
  });

  test("is not known without migrations that sqlx would find", () => {
    expect(schemaOfContext(join(folder, "nothing"))).toBeUndefined();
    expect(schemaOfContext(context("other", { "V1__flyway.sql": "" }))).toBeUndefined();
    expect(buildArgsOf(undefined)).toEqual({});
  });

  test.each(["2", "3", "1 or so", "0"])("may not declare %s as what its second migration still serves", (stated) => {
    const at = context("wrong", { "1_a.sql": "", "2_b.sql": `-- acci:oldest-application ${stated}\n` });
    expect(() => schemaOfContext(at)).toThrow(
      `${join(at, "migrations", "2_b.sql")}: must declare an earlier migration as acci:oldest-application, got ${stated}; ` +
        "release an application that does without, and name its newest migration",
    );
  });
});

describe("the schema of an image that is promoted", () => {
  test("is what its labels say", () => {
    const labels = { [LABELS.version]: "7", [LABELS.oldestApplication]: "5" };
    expect(schemaOfLabels("a", labels)).toEqual({ version: 7, oldestApplication: 5 });
    expect(schemaOfLabels("a", { [LABELS.version]: "7" })).toEqual({ version: 7, oldestApplication: 0 });
  });

  test("is not known without them, nor when it was built without arguments", () => {
    expect(schemaOfLabels("a", {})).toBeUndefined();
    expect(schemaOfLabels("a", { [LABELS.version]: "", [LABELS.oldestApplication]: "" })).toBeUndefined();
  });

  test("is refused when a label is no number", () => {
    expect(() => schemaOfLabels("a", { [LABELS.version]: "seven" })).toThrow(
      "image a: must have the number of a migration as its label dev.acci.schema.version, got seven; build it again",
    );
  });
});

const schema = (version: number, oldestApplication = 0): Schema => ({ version, oldestApplication });
const revisions = (...schemas: (Schema | undefined)[]): Deployed[] =>
  schemas.map((declared, i) => ({
    number: i + 1,
    status: i + 1 === schemas.length ? "deployed" : "superseded",
    schema: declared,
  }));

describe("a version fits a site", () => {
  test("whose schema it goes on from, and one that it goes back on while nothing was taken away", () => {
    expect(misfitOf("2.0.0", schema(4, 3), revisions(schema(3)))).toBeUndefined();
    expect(misfitOf("1.0.0", schema(3), revisions(schema(3), schema(4, 3)))).toBeUndefined();
    expect(misfitOf("1.0.0", schema(3), [])).toBeUndefined();
    expect(misfitOf("1.0.0", schema(3), revisions(undefined))).toBeUndefined();
  });

  test("not when the site's schema has lost what it uses", () => {
    expect(misfitOf("1.0.0", schema(2), revisions(schema(3), schema(4, 3)))).toBe(
      "acci:image.version: must have migration 3 or a later one, as older ones are no longer served by the site's schema, " +
        "got 1.0.0 with migration 2; deploy a later version, or restore a dump from before",
    );
  });

  test("not when it takes away what the running one uses", () => {
    expect(misfitOf("3.0.0", schema(5, 4), revisions(schema(3)))).toBe(
      "acci:image.version: must serve the application that runs, with migration 3, until it is replaced, " +
        "got 3.0.0, which serves those with migration 4 or a later one; deploy a version in between first",
    );
  });

  test("also by what failed, whose migrations may have run", () => {
    const failed = [...revisions(schema(3)), { number: 2, status: "failed", schema: schema(4, 3) }];
    expect(misfitOf("1.0.0", schema(2), failed)).toContain("must have migration 3 or a later one");
    expect(misfitOf("1.0.1", schema(3), failed)).toBeUndefined();
  });

  test("and no update that is let through ever leaves a running application without what it uses", () => {
    const image = fc.tuple(fc.nat(9), fc.nat(9)).map(([a, b]) => schema(Math.max(a, b), Math.min(a, b)));
    fc.assert(
      fc.property(fc.array(image, { maxLength: 12 }), (images) => {
        // Declarations only grow with the migrations, as they are read from all of an image's files.
        const oldestBy = (version: number) =>
          Math.max(
            0,
            ...images.filter((other) => other.version <= version).map(({ oldestApplication }) => oldestApplication),
          );
        let database = schema(0);
        let deployed: Deployed[] = [];
        let runs = 0;
        for (const { version } of images) {
          const next = schema(version, oldestBy(version));
          if (misfitOf("x", next, deployed)) continue;
          if (next.version > database.version) database = next;
          // The old pods serve on while the new ones start.
          if (deployed.length > 0) expect(runs).toBeGreaterThanOrEqual(database.oldestApplication);
          runs = version;
          expect(runs).toBeGreaterThanOrEqual(database.oldestApplication);
          deployed = [
            ...deployed.map((one) => ({ ...one, status: "superseded" })),
            { number: deployed.length + 1, status: "deployed", schema: next },
          ];
        }
        expect(oldestServed(deployed)).toBe(database.oldestApplication);
      }),
    );
  });
});

describe("a rollback", () => {
  const deployed = revisions(schema(2), schema(3), undefined, schema(4, 3));

  test("goes to what the site's schema still serves, or to what says nothing", () => {
    expect([2, 3, 4, 99].map((number) => misfitOfRevision(number, deployed))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("is refused past a migration that took something away, and says which revisions there are", () => {
    expect(misfitOfRevision(1, deployed)).toBe(
      "REVISION: must be of an application with migration 3 or a later one, as older ones are no longer served by the site's schema, " +
        "got 1 with migration 2; choose one of these (2, 4), or deploy a later version",
    );
  });
});

test("a failover is refused with a version that the dump's schema does not serve", () => {
  expect(misfitOfDump("1.0.0", schema(3), schema(4, 3), "acci-1")).toBeUndefined();
  expect(misfitOfDump("1.0.0", schema(2), schema(4, 3), "acci-1")).toBe(
    "acci:image.version: must have migration 3 or a later one for the schema of acci-1, got 1.0.0 with migration 2; " +
      "deploy the version that the lost site ran, or choose an older dump with acci:restore",
  );
});
