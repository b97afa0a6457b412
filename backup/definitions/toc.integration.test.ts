import { execFileSync } from "node:child_process";
import path from "node:path";
import type { Connection } from "../database/connection.ts";
import { OWN_MAJOR, otherMajors, withTools } from "../testing/majors.ts";
import { TestPostgres } from "../testing/postgres.ts";
import { sample } from "../testing/sample.ts";
import { readToc, type TocEntry } from "./toc.ts";

/** Entries that make no object, which pg_restore's list leaves out. */
const NOT_LISTED = ["ENCODING", "STDSTRINGS", "SEARCHPATH"];

/** The entry as pg_restore lists it, without the oids. */
const lineOf = ({ desc, id, namespace, owner, tag }: TocEntry) =>
  `${id}; ${desc} ${namespace || "-"} ${tag} ${owner}`.trimEnd();

function listed(archive: string): { count: number; lines: string[] } {
  const printed = execFileSync("pg_restore", ["--list", "--create", archive], { env: process.env, encoding: "utf8" });
  const lines = printed.split("\n").filter((line) => /^\d+; /.test(line));
  return {
    count: Number(/TOC Entries: (\d+)/.exec(printed)![1]),
    lines: lines.map((line) => line.replace(/^(\d+;) \d+ \d+ /, "$1 ").trimEnd()),
  };
}

function dumped({ database, host, port, user }: Connection, archive: string): void {
  const env = { ...process.env, PGHOST: host, PGPORT: String(port), PGUSER: user, PGDATABASE: database };
  execFileSync("pg_dump", ["--format=custom", `--file=${archive}`], { env, stdio: "pipe" });
}

/** Formats of custom archives by major (src/bin/pg_dump/pg_backup_archiver.h). */
const FORMATS: Readonly<Record<number, string>> = { 15: "1.14", 16: "1.15", 17: "1.16", 18: "1.16" };

describe.each([OWN_MAJOR, ...otherMajors])("an archive of Postgres %i", (major) => {
  let server: TestPostgres;
  beforeAll(() => {
    server = TestPostgres.start([], { major });
  });
  afterAll(() => server.stop());

  it("has the entries that its own pg_restore lists", async () => {
    await server.query(server.connection(), "CREATE ROLE acci_app");
    const database = await server.database(`${sample}; COMMENT ON TABLE notes IS 'two\nlines';`);
    const archive = path.join(server.folder, "archive");
    await withTools(major, async () => {
      dumped(database, archive);
      const entries = readToc(archive);
      const { count, lines } = listed(archive);
      expect(execFileSync("pg_restore", ["--list", archive], { env: process.env, encoding: "utf8" })).toContain(
        `Dump Version: ${FORMATS[major]!}`,
      );
      expect(entries).toHaveLength(count);
      expect(entries.filter(({ desc }) => !NOT_LISTED.includes(desc)).map(lineOf)).toEqual(lines);
      const texts = entries.map(({ definition }) => definition).join("\n");
      expect(texts).toContain("COMMENT ON TABLE public.notes IS 'two\nlines';");
      expect(texts).toContain("access method heap");
      expect(new Set(entries.map(({ section }) => section))).toEqual(new Set(["pre-data", "data", "post-data"]));
    });
  });
});
