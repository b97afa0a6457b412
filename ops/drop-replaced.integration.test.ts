import { Primary } from "./testing/primary.ts";

const primary = new Primary();
afterAll(() => primary.stop());

const databases = async () =>
  (await primary.sql<{ datname: string }>("SELECT datname FROM pg_database ORDER BY 1", "postgres")).map(
    ({ datname }) => datname,
  );
const ALL = ["acci", "acci_before_2", "acci_before_3", "acci_copy_1", "acci_undone_3"];

beforeEach(async () => {
  for (const name of ALL) {
    await primary.sql(`DROP DATABASE IF EXISTS ${name}`, "postgres");
    await primary.sql(`CREATE DATABASE ${name}`, "postgres");
  }
});

const left = async () => (await databases()).filter((name) => name.startsWith("acci"));

test("names what restores have kept, and drops nothing unless told to", async () => {
  const shown = await primary.command("database-drop-replaced", "", "");
  expect(shown).toMatch(
    /^acci_before_2 {2}\d+ kB\nacci_before_3 {2}\d+ kB\nacci_undone_3 {2}\d+ kB\ndrop all of it with `make database-drop-replaced STACK=dev YES=1`/,
  );
  expect(await left()).toEqual(ALL);
});

test("drops all of it, or the one that is named, and never another", async () => {
  expect(await primary.command("database-drop-replaced", "acci_before_2", "")).toMatch(/dropped acci_before_2\n$/);
  expect(await left()).toEqual(ALL.filter((name) => name !== "acci_before_2"));
  await primary.command("database-drop-replaced", "", "1");
  expect(await left()).toEqual(["acci", "acci_copy_1"]);
  expect(await primary.command("database-drop-replaced", "", "1")).toBe("nothing is kept on dev\n");
  await expect(primary.command("database-drop-replaced", "acci", "1")).rejects.toThrow(
    "DATABASE: must be one that a restore kept, got acci; `make database-drop-replaced` without it names them",
  );
  await expect(primary.command("database-drop-replaced", "acci_before_9", "1")).rejects.toThrow(
    "DATABASE: must be one of none, got acci_before_9",
  );
  expect(await left()).toEqual(["acci", "acci_copy_1"]);
});
