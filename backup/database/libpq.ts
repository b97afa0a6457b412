import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Connection } from "./connection.ts";

const escape = (text: string) => text.replaceAll(/[\\:]/g, (found) => `\\${found}`);

/**
 * Runs the work with the environment by which pg_dump and pg_restore find the database. The password goes through a file that only this
 * user can read, because arguments and environment are open to everyone who lists processes.
 */
export async function withLibpq<T>(
  { address, caFile, commits, database, host, passwordFile, port, user }: Connection,
  work: (env: NodeJS.ProcessEnv) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "libpq-"));
  const passfile = path.join(folder, "pgpass");
  try {
    if (passwordFile) {
      const password = readFileSync(passwordFile, "utf8").trimEnd();
      writeFileSync(passfile, `*:*:*:*:${escape(password)}\n`, { mode: 0o600 });
    }
    return await work({
      ...process.env,
      PGHOST: host,
      ...(address ? { PGHOSTADDR: address } : {}),
      PGPORT: String(port),
      PGUSER: user,
      PGDATABASE: database,
      PGPASSFILE: passfile,
      PGAPPNAME: "acci-backup",
      PGCONNECT_TIMEOUT: "20",
      ...(commits ? { PGOPTIONS: `-c synchronous_commit=${commits}` } : {}),
      ...(caFile ? { PGSSLMODE: "verify-full", PGSSLROOTCERT: caFile } : { PGSSLMODE: "prefer" }),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
