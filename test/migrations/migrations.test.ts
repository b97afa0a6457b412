import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { read } from "../docs/pages.ts";
import { project } from "../../tooling/paths.ts";
import { problemsOf, problemsOfFile } from "./squawk.ts";

const folder = join(project, "app", "migrations");
const TIMEOUTS = "SET LOCAL lock_timeout = '2s';\nSET LOCAL statement_timeout = '30s';\n";

test("the application's migrations block nobody and declare what they take away", () => {
  const found = readdirSync(folder).map((file) => [file, problemsOfFile(join(folder, file))]);
  expect(found.filter(([, problems]) => problems!.length > 0)).toEqual([]);
});

test("a column that may be empty can be added", () => {
  expect(problemsOf(`${TIMEOUTS}ALTER TABLE notes ADD COLUMN archived_at timestamptz;`)).toEqual([]);
});

test("an index can be made beside a running application, without a transaction", () => {
  // One statement is all that can be outside of a transaction, so none can set the timeouts.
  const sql =
    "-- no-transaction\n-- squawk-disable-assume-in-transaction\n-- squawk-ignore-file require-lock-timeout, require-statement-timeout\n";
  expect(problemsOf(`${sql}CREATE INDEX CONCURRENTLY IF NOT EXISTS notes_by_title ON notes (title);`)).toEqual([]);
});

test.each([
  ["a column that older applications do not write", "ADD COLUMN kind text NOT NULL", "adding-required-field"],
  ["a dropped column", "DROP COLUMN title", "ban-drop-column"],
  ["a renamed column", "RENAME COLUMN body TO content", "renaming-column"],
  ["a renamed table", "RENAME TO memos", "renaming-table"],
  ["a column of another type", "ALTER COLUMN created_at TYPE date", "changing-column-type"],
  ["a column that may no longer be empty", "ALTER COLUMN title SET NOT NULL", "adding-not-nullable-field"],
])("%s is refused, also with an exception, unless it declares whom it still serves", (_, change, rule) => {
  const undeclared = `must declare -- acci:oldest-application, for ${rule}`;
  const sql = `${TIMEOUTS}ALTER TABLE notes ${change};`;
  expect(problemsOf(sql)).toEqual([rule, undeclared]);
  const ignored = sql.replace("ALTER TABLE", `-- squawk-ignore ${rule}\nALTER TABLE`);
  expect(problemsOf(ignored)).toEqual([undeclared]);
  expect(problemsOf(`-- acci:oldest-application 1\n${ignored}`)).toEqual([]);
});

test.each([
  ["an index that stops writes", `${TIMEOUTS}CREATE INDEX IF NOT EXISTS a ON notes (title);`, "require-concurrent"],
  [
    "a constraint that reads the whole table",
    `${TIMEOUTS}ALTER TABLE notes ADD CONSTRAINT a CHECK (title <> '');`,
    "constraint-missing-not-valid",
  ],
  ["a lock that is waited for without end", "ALTER TABLE notes ADD COLUMN a text;", "require-lock-timeout"],
  [
    "a concurrent index in a transaction",
    `${TIMEOUTS}CREATE INDEX CONCURRENTLY IF NOT EXISTS a ON notes (title);`,
    "in-transaction",
  ],
])("%s is refused", (_, sql, rule) => {
  expect(problemsOf(sql).join()).toContain(rule);
});

test("`make check` runs it over the whole folder", () => {
  const { scripts } = parse(read("package.json")) as { scripts: Record<string, string> };
  expect(scripts["check"]).toContain("npm run -s lint:migrations");
  expect(scripts["lint:migrations"]).toBe("squawk --no-error-on-unmatched-pattern app/migrations/*.sql");
});
