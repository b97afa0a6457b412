import { RunbookRunner } from "../support/runbook-runner.ts";
import { command, otherTenant, readNote, sql, tenant, until, writeNote } from "../support/site.ts";

const operator = new RunbookRunner("dev");
const follow = (heading: string) => operator.follow("loss-of-table", heading);

/** All rows of both tenants, and everything that separates them. */
const facts = () =>
  sql(`
    SELECT md5(string_agg(n::text, '|' ORDER BY id)) FROM notes n;
    SELECT relrowsecurity, relforcerowsecurity, pg_get_userbyid(relowner), relacl FROM pg_class WHERE oid = 'notes'::regclass;
    SELECT polname, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid) FROM pg_policy WHERE polrelid = 'notes'::regclass;
    SELECT indexdef FROM pg_indexes WHERE tablename = 'notes' ORDER BY 1;
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'notes'::regclass ORDER BY 1;`);

/** Status that each tenant gets for a note. */
const seenBy = (id: string, tenants: readonly string[]) =>
  Promise.all(tenants.map(async (of) => (await readNote(id, of)).status));

describe("the runbook for a lost table", () => {
  const written: string[] = [];

  beforeAll(async () => {
    for (const title of ["lost as a row", "lost with its table", "never lost"])
      written.push((await writeNote(title)).id);
    await command("backup-create");
  });
  afterAll(() => sql("DROP DATABASE IF EXISTS acci_copy_lost WITH (FORCE); DROP SCHEMA IF EXISTS recovered CASCADE"));

  it("brings deleted rows back, and leaves those that came later", async () => {
    const before = await facts();
    await sql(`DELETE FROM notes WHERE id <> '${written[2]}'`);
    const { id: later } = await writeNote("after the loss");
    expect(await follow("See which dump still has it")).toMatch(/verified/);
    const shown = await follow("Bring it back");
    expect(shown).toMatch(/restored latest to the database acci_copy_lost\n(.*\n)* {2}public\.notes: \d+ rows/);
    expect(shown).toMatch(/recovered\."notes" has the \d+ rows of acci_copy_lost; public.notes is there/);
    expect(await sql("SELECT count(*) FROM notes")).toEqual(["2"]);
    await follow("Put missing rows back");
    expect(await seenBy(written[0]!, [tenant, otherTenant])).toEqual([200, 404]);
    expect(await seenBy(later, [tenant])).toEqual([200]);
    await sql(`DELETE FROM notes WHERE id = '${later}'`);
    expect(await facts()).toEqual(before);
  });

  it("brings a dropped table back, as it was, for the application as well", async () => {
    await command("database-drop-copy", "DATABASE=acci_copy_lost");
    const before = await facts();
    await sql("DROP TABLE notes");
    await expect(writeNote("nowhere to write to")).rejects.toThrow(/must answer 201, got 5/);
    expect(await follow("Bring it back")).toContain("public.notes is back from acci_copy_lost");
    expect(await facts()).toEqual(before);
    // The application was not ready without its table, and the route has to notice that it is ready again.
    await until("the application to serve", 60, async () => (await readNote(written[1]!)).status === 200);
    expect(await seenBy(written[1]!, [tenant, otherTenant])).toEqual([200, 404]);
    const { id } = await writeNote("after it", otherTenant);
    expect(await seenBy(id, [otherTenant, tenant])).toEqual([200, 404]);
    await expect(follow("Bring it back")).rejects.toThrow("must be a new one, got acci_copy_lost, which exists");
  });

  it("ends with a dump of what is whole again, and nothing beside it", async () => {
    expect(await follow("Clean up")).toMatch(/dropped acci_copy_lost[\s\S]* is complete/);
    expect(await sql("SELECT datname FROM pg_database WHERE datname LIKE 'acci_copy%'")).toEqual([]);
    expect(await sql("SELECT 1 FROM pg_namespace WHERE nspname = 'recovered'")).toEqual([]);
  });
});

describe("make failover-undo", () => {
  it("is refused where nothing was restored, by the tools in the cluster", async () => {
    await command("database-drop-replaced", "YES=1");
    await expect(command("failover-undo")).rejects.toThrow(
      /database acci_before_\d+: must be here to go back to, got none/,
    );
  });
});
