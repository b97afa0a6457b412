import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { BackupError } from "../errors.ts";

/** How to reach a database, and as which role. The password stays in its file. */
export interface Connection {
  /** Host name, or the folder of a Unix socket. */
  readonly host: string;
  /**
   * Address of one server, where the name may resolve to several. Its certificate must still be for the name. @default - resolved from the
   * name
   */
  readonly address?: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** @default - the server asks for no password */
  readonly passwordFile?: string;
  /** PEM file with the CA certificates of the server. @default - no TLS, only for sockets and tests */
  readonly caFile?: string;
  /**
   * `local` for writes that can be repeated if they are lost: commits then do not wait for a replica, of which there may be none yet.
   * @default - the server's setting
   */
  readonly commits?: "local";
}

/**
 * Settings under which every server prints the same value as the same text, so that the content hashes of a dump and of its restore are
 * comparable. With row_security off, a policy that would hide rows raises an error and does not make a dump with rows missing.
 */
const SESSION = {
  bytea_output: "hex",
  client_encoding: "UTF8",
  DateStyle: "ISO, YMD",
  extra_float_digits: "3",
  idle_in_transaction_session_timeout: "0",
  IntervalStyle: "postgres",
  lc_monetary: "C",
  lock_timeout: "60s",
  row_security: "off",
  search_path: "",
  statement_timeout: "0",
  synchronize_seqscans: "off",
  TimeZone: "UTC",
  xmloption: "content",
};

const CONFIGURE = "SELECT pg_catalog.set_config(key, value, false) FROM pg_catalog.json_each_text($1)";

const CONNECT_MS = 20_000;

/** Network policies take effect a moment after a pod starts. Until then, connections that they allow are refused. */
const SETTLING_SECONDS = 15;
const RETRY_MS = 250;

/** Opens a session with fixed settings, so that its output depends on no configuration. The caller ends it. */
export async function connect(connection: Connection): Promise<pg.Client> {
  for (;;) {
    try {
      return await open(connection);
    } catch (error) {
      if (error instanceof BackupError) throw error;
      const settling = (error as { code?: string }).code === "ECONNREFUSED" && process.uptime() < SETTLING_SECONDS;
      if (!settling) throw unreachable(connection, error as Error);
      await sleep(RETRY_MS);
    }
  }
}

async function open(connection: Connection): Promise<pg.Client> {
  const { address, caFile, commits, database, host, passwordFile, port, user } = connection;
  const client = new pg.Client({
    host: address ?? host,
    port,
    user,
    database,
    application_name: "acci-backup",
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    ...(passwordFile ? { password: readSecret(passwordFile) } : {}),
    ...(caFile ? { ssl: { ca: readSecret(caFile), rejectUnauthorized: true, servername: host } } : {}),
  });
  // Without a listener, a connection that breaks while idle would end the process. The next query reports the break.
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query(CONFIGURE, [
      JSON.stringify({ ...SESSION, ...(commits ? { synchronous_commit: commits } : {}) }),
    ]);
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}

/** Runs the work with a session, and always ends the session. */
export async function withClient<T>(connection: Connection, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connect(connection);
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

function readSecret(file: string): string {
  try {
    return readFileSync(file, "utf8").trimEnd();
  } catch (error) {
    throw new BackupError("input", `${file}: must be a readable file, got ${(error as Error).message}`);
  }
}

const CAUSES: Readonly<Record<string, string>> = {
  "28P01": "the password is wrong; the role's Secret and the database disagree",
  "28000": "the server does not let this role in",
  "3D000": "there is no such database",
  "57P03": "the server is starting or stopping",
  "53300": "the server has no connection left; raise acci:postgres.maxConnections",
};

/** `postgres-rw.acci-prod.svc:5432`, with the address if one is set. */
export const placeOf = ({ address, host, port }: Connection) => `${host}:${port}${address ? ` (${address})` : ""}`;

function unreachable(connection: Connection, error: Error & { code?: string }): BackupError {
  const { database, user } = connection;
  const reason = (error.code && CAUSES[error.code]) ?? (error.message || error.code || "no reason given");
  return new BackupError(
    "database",
    `database ${database} at ${placeOf(connection)} as ${user}: cannot be used, ${reason}`,
    {
      cause: error,
    },
  );
}
