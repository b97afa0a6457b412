import { primary, show } from "./kubectl.ts";
import { database, type Site } from "./site.ts";

/** Runs psql as the superuser in the primary, on the site's database or the one named. SQL on stdin is run unchanged. */
export async function psql(site: Site, [of = database, ...options]: readonly string[]): Promise<void> {
  const terminal = process.stdin.isTTY ? ["--stdin", "--tty"] : ["--stdin"];
  const command = ["psql", "--no-psqlrc", "--set=ON_ERROR_STOP=1", `--dbname=${of}`, ...options];
  await show(site, ["exec", ...terminal, await primary(site), "--container=postgres", "--", ...command]);
}
