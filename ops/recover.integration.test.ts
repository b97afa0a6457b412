import { Primary } from "./testing/primary.ts";

const primary = new Primary();
const { sql } = primary;
beforeAll(() => sql("CREATE ROLE acci; CREATE ROLE acci_app", "postgres"));
afterAll(() => primary.stop());

const recover = (table: string, from = "acci_copy_test") => primary.command("table-recover", table, from);

/** The `make psql` command that a message suggests. */
const suggested = (shown: string, statement: RegExp) => {
  const found = [...shown.matchAll(/make psql STACK=dev <<< '(.*)'$/gm)].map(([, text]) => text!);
  return found.find((text) => statement.test(text))!.replaceAll("'\\''", "'");
};

const CONTENT = `
  SET ROLE acci;
  CREATE TABLE public.notes (id int PRIMARY KEY, number int GENERATED ALWAYS AS IDENTITY, title text, size int GENERATED ALWAYS AS (length(title)) STORED);
  CREATE INDEX by_title ON public.notes (title);
  ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY; ALTER TABLE public.notes FORCE ROW LEVEL SECURITY;
  CREATE POLICY own ON public.notes USING (title = current_user); GRANT SELECT, INSERT ON public.notes TO acci_app;
  CREATE VIEW public.titles AS SELECT title FROM public.notes; GRANT SELECT ON public.titles TO acci_app;
  CREATE TABLE public.tags (note int CONSTRAINT tagged REFERENCES public.notes, name text);
  CREATE TABLE public.parts (id int) PARTITION BY RANGE (id);
  RESET ROLE;
  INSERT INTO public.notes (id, title) SELECT g, 'note ' || g FROM generate_series(1, 100) g;
  INSERT INTO public.tags SELECT id, 'tag' FROM public.notes;`;

/** Facts that a recovered table must have again. Object ids are left out, because they differ. */
async function factsOf(database = "acci"): Promise<string> {
  const [row] = await sql<{ facts: string }>(
    `SELECT pg_catalog.json_build_object('owner', pg_get_userbyid(relowner), 'acl', relacl::text, 'secured', relrowsecurity AND relforcerowsecurity,
       'policies', (SELECT json_agg(polname) FROM pg_policy WHERE polrelid = c.oid),
       'indexes', (SELECT json_agg(indexdef ORDER BY indexdef) FROM pg_indexes WHERE tablename = 'notes'),
       'rows', (SELECT md5(string_agg(n::text, '|' ORDER BY id)) FROM public.notes n),
       'view', (SELECT relacl::text FROM pg_class WHERE relname = 'titles'))::text AS facts
     FROM pg_class c WHERE relname = 'notes' AND relnamespace = 'public'::regnamespace`,
    database,
  );
  return row!.facts;
}

beforeEach(async () => {
  for (const name of ["acci", "acci_copy_test"]) {
    await sql(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`, "postgres");
    await sql(`CREATE DATABASE ${name} OWNER acci`, "postgres");
    await sql("GRANT CREATE ON SCHEMA public TO acci", name);
    await sql(CONTENT, name);
  }
});

describe("a table that was dropped", () => {
  it("is back with all that belonged to it, and what only referred to it is named", async () => {
    const before = await factsOf();
    await sql("DROP TABLE public.notes CASCADE");
    const shown = await recover("public.notes");
    expect(shown).toContain("public.notes is back from acci_copy_test, with public.titles");
    expect(await factsOf()).toBe(before);
    await sql(suggested(shown, /ALTER TABLE/));
    await expect(sql("INSERT INTO public.tags VALUES (4711, 'none')")).rejects.toThrow(/constraint "tagged"/);
  });

  it("is not there at all when it cannot be brought back", async () => {
    await sql("DROP TABLE public.notes CASCADE; DROP ROLE IF EXISTS stranger; CREATE ROLE stranger");
    await sql("CREATE TYPE public.mood AS ENUM ('good')", "acci_copy_test");
    await sql("ALTER TABLE public.notes ADD COLUMN mood public.mood", "acci_copy_test");
    await expect(recover("public.notes")).rejects.toThrow(/pg_restore: error/);
    expect(await sql("SELECT 1 FROM pg_tables WHERE tablename = 'notes'")).toEqual([]);
  });
});

describe("a table that has lost rows", () => {
  it("stays as it is; the rows of then are beside it, and the command it says brings back the missing ones", async () => {
    const before = await factsOf();
    await sql("DELETE FROM public.tags; DELETE FROM public.notes WHERE id > 50");
    const damaged = await factsOf();
    const shown = await recover("public.notes");
    expect(shown).toContain(
      'recovered."notes" has the 100 rows of acci_copy_test; public.notes is there and is as it was',
    );
    expect(await factsOf()).toBe(damaged);
    await sql("UPDATE public.notes SET title = 'changed since' WHERE id = 1");
    await sql(suggested(shown, /INSERT/));
    expect(await sql("SELECT title FROM public.notes WHERE id = 1")).toEqual([{ title: "changed since" }]);
    await sql("UPDATE public.notes SET title = 'note 1' WHERE id = 1");
    expect(await factsOf()).toBe(before);
    await expect(recover("public.notes")).rejects.toThrow(
      'TABLE: must not be in schema recovered yet, got recovered."notes"',
    );
    await sql(suggested(shown, /DROP SCHEMA/));
    expect(await sql("SELECT 1 FROM pg_namespace WHERE nspname = 'recovered'")).toEqual([]);
  });

  it("leaves nothing that a later dump could not be restored with", async () => {
    await recover("public.notes");
    const owners = `SELECT pg_get_userbyid(nspowner) AS schema, pg_get_userbyid(relowner) AS table FROM pg_class c
                    JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'recovered'`;
    expect(await sql(owners)).toEqual([{ schema: "acci", table: "acci" }]);
    expect(await sql("SELECT has_schema_privilege('acci_app', 'recovered', 'USAGE') AS open")).toEqual([
      { open: false },
    ]);
  });

  it("without a key is not guessed at", async () => {
    expect(await recover("public.tags")).toMatch(/FROM recovered."tags" WHERE …: without a key/);
  });
});

describe("is refused", () => {
  it.each([
    ["notes", "acci_copy_test", "TABLE: must be <schema>.<table>, got notes"],
    ["public.none", "acci_copy_test", "TABLE: must be in acci_copy_test, got public.none, which is not"],
    ["public.parts", "acci_copy_test", "TABLE: must be a plain table, got public.parts"],
    ["public.titles", "acci_copy_test", "TABLE: must be a plain table, got public.titles"],
    ["public.notes", "acci", "FROM: must be a database beside acci, got acci; there is acci_copy_test"],
    ["public.notes", "", "FROM: must be a database beside acci, got nothing"],
  ])("%s from %s", async (table, from, message) => {
    await expect(recover(table, from)).rejects.toThrow(message);
  });

  it("a table whose schema is gone", async () => {
    await sql("CREATE SCHEMA gone; CREATE TABLE gone.notes (id int)", "acci_copy_test");
    await expect(recover("gone.notes")).rejects.toThrow("TABLE: must have its schema in acci, got no gone");
  });
});
