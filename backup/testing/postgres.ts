import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type pg from "pg";
import { type Connection, withClient } from "../database/connection.ts";
import { copyServer, OWN_MAJOR } from "./majors.ts";
import { mountDisk, unmountDisk } from "./small-disk.ts";

const binaries = process.env.POSTGRES_BIN ?? "/usr/lib/postgresql/15/bin";
export const postgresTool = (name: string) => path.join(binaries, name);

export const postgresUser = () => {
  const [uid, gid] = ["-u", "-g"].map((flag) => Number(execFileSync("id", [flag, "postgres"])));
  return { uid: uid!, gid: gid! };
};

/** Postgres refuses to run as root; its own user comes with the package. */
const as = (command: string, args: readonly string[]): [string, string[]] =>
  process.getuid?.() === 0 ? ["runuser", ["-u", "postgres", "--", command, ...args]] : [command, [...args]];

const run = (command: string, args: readonly string[]) => execFileSync(...as(command, args), { stdio: "pipe" });

export const PORT = 5432;
/** Transactions whose status one file of pg_xact has. */
const IDS_IN_FILE = 32 * 8192 * 4;

interface Options {
  /** Of the disk that it is on. @default - the machine's */
  readonly megabytes?: number;
  /** One of local/toolchain/postgres/majors.ts. @default - the stacks' own */
  readonly major?: number;
}

/** A real Postgres of a test's own, on a socket. */
export class TestPostgres {
  readonly folder = mkdtempSync(path.join(tmpdir(), "acci-postgres-"));
  readonly #megabytes: number | undefined;
  readonly #binaries: string;
  #databases = 0;

  private constructor({ major = OWN_MAJOR, megabytes }: Options) {
    this.#megabytes = megabytes;
    if (megabytes) mountDisk(this.folder, megabytes);
    this.#binaries = major === OWN_MAJOR ? binaries : copyServer(major, path.join(this.folder, "server"));
  }

  static #inFolder(options: Options = {}): TestPostgres {
    const server = new TestPostgres(options);
    if (process.getuid?.() === 0) {
      const { gid, uid } = postgresUser();
      chownSync(server.folder, uid, gid);
    }
    return server;
  }

  static start(settings: readonly string[] = [], options: Options = {}): TestPostgres {
    const server = TestPostgres.#inFolder(options);
    run(server.#tool("initdb"), ["-D", server.#data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]);
    server.up(settings);
    return server;
  }

  /** A replica of it, on a socket of its own. */
  replica(settings: readonly string[] = []): TestPostgres {
    const server = TestPostgres.#inFolder();
    const source = `host=${this.folder} port=${PORT} user=postgres`;
    run(server.#tool("pg_basebackup"), ["-D", server.#data, "-d", source, "-R", "-c", "fast", "-X", "stream"]);
    server.up(settings);
    return server;
  }

  /** Starts it again as it would be so many transactions and segments of WAL later. */
  skip({ segments, transactionIds }: { segments: number; transactionIds: number }, settings: readonly string[]): void {
    run(this.#tool("pg_ctl"), ["-D", this.#data, "-w", "-m", "fast", "stop"]);
    // The first of a file of pg_xact, because the server reads the page with the next transaction's status, which must be there.
    const file = Math.ceil(transactionIds / IDS_IN_FILE);
    const hex = (number: number, digits: number) => number.toString(16).toUpperCase().padStart(digits, "0");
    const wal = `${hex(1, 8)}${hex(0, 8)}${hex(segments, 8)}`;
    run(this.#tool("pg_resetwal"), ["-x", String(file * IDS_IN_FILE), "-l", wal, "-D", this.#data]);
    run("truncate", ["--size=256K", path.join(this.#data, "pg_xact", hex(file, 4))]);
    this.up(settings);
  }

  up(settings: readonly string[] = []): void {
    const options = [
      "-k",
      this.folder,
      `-p ${PORT}`,
      "-c listen_addresses=",
      "-c fsync=off",
      ...settings.map((one) => `-c ${one}`),
    ];
    run(this.#tool("pg_ctl"), ["-D", this.#data, "-l", `${this.folder}/log`, "-w", "-o", options.join(" "), "start"]);
  }

  /** Ends at once, as a machine that fails. */
  down(): void {
    spawnSync(...as(this.#tool("pg_ctl"), ["-D", this.#data, "-m", "immediate", "stop"]));
  }

  connection(database = "postgres", user = "postgres"): Connection {
    return { host: this.folder, port: PORT, user, database };
  }

  /** A database with what the statements make in it. */
  async database(statements = ""): Promise<Connection> {
    const name = `test_${++this.#databases}`;
    await this.query(this.connection(), `CREATE DATABASE ${name}`);
    if (statements) await this.query(this.connection(name), statements);
    return this.connection(name);
  }

  query<T extends pg.QueryResultRow>(connection: Connection, statements: string): Promise<T[]> {
    return withClient(connection, async (client) => (await client.query<T>(statements)).rows);
  }

  stop(): void {
    this.down();
    if (this.#megabytes) unmountDisk(this.folder);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Lets everyone in from other hosts, who may replicate as well. */
  async openToAll(): Promise<void> {
    appendFileSync(path.join(this.#data, "pg_hba.conf"), "host all all all trust\nhost replication all all trust\n");
    await this.query(this.connection(), "SELECT pg_reload_conf()");
  }

  /** Demands a password of everyone but the superuser. */
  async demandPasswords(): Promise<void> {
    const file = path.join(this.#data, "pg_hba.conf");
    writeFileSync(file, `local all postgres trust\nlocal all all scram-sha-256\n`);
    await this.query(this.connection(), "SELECT pg_reload_conf()");
  }

  readonly #tool = (name: string) => path.join(this.#binaries, name);

  get #data() {
    return path.join(this.folder, "data");
  }
}
