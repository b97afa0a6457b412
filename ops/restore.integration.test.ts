import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Primary } from "./testing/primary.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "acci-restore-"));
const file = path.join(folder, "site.dump");
const primary = new Primary();

beforeAll(async () => {
  await primary.sql("CREATE DATABASE acci", "postgres");
  await primary.sql("CREATE TABLE public.notes AS SELECT generate_series(1, 100) AS id");
  await primary.command("database-dump", file);
});
afterAll(() => {
  primary.stop();
  rmSync(folder, { recursive: true });
});

test("a file is restored beside the live database, which stays as it is", async () => {
  await primary.sql("DELETE FROM public.notes WHERE id > 50");
  const shown = await primary.command("database-restore", file, "", "acci_copy_test");
  expect(shown).toContain("restored " + file + " to the database acci_copy_test\n  public.notes: 100 rows\n");
  expect(await primary.sql("SELECT count(*)::int AS n FROM public.notes")).toEqual([{ n: 50 }]);
  await expect(primary.command("database-restore", file, "", "acci_copy_test")).rejects.toThrow(
    "DATABASE: must be a new one, got acci_copy_test, which exists; leave it out to have one named",
  );
  await expect(primary.command("database-drop-copy", "acci")).rejects.toThrow(
    "DATABASE: must be one that `make database-restore` made, got acci; there is acci_copy_test",
  );
  expect(await primary.command("database-drop-copy", "acci_copy_test")).toBe("dropped acci_copy_test\n");
});

test("a copy that an earlier release has named is dropped as well", async () => {
  await primary.sql("CREATE DATABASE acci_scratch_1", "postgres");
  await expect(primary.command("database-drop-copy", "")).rejects.toThrow("got nothing; there is acci_scratch_1");
  expect(await primary.command("database-drop-copy", "acci_scratch_1")).toBe("dropped acci_scratch_1\n");
});

test.each([
  [
    ["none.dump"],
    "FILE: must be a dump of `make database-dump`, got none.dump; DUMP=latest takes the newest of `make backup-list`",
  ],
  [[file, "latest"], `FILE: excludes DUMP, got ${file} and latest; keep the one that is meant`],
  [
    [file, "", "acci"],
    "DATABASE: must be acci_copy_ with lower case letters, digits and underscores after it, got acci",
  ],
])("restore %p is refused", async (args, message) => {
  await expect(primary.command("database-restore", ...args)).rejects.toThrow(message);
});
