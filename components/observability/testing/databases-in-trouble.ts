import { withClient } from "../../../backup/database/connection.ts";
import { TestPostgres } from "../../../backup/testing/postgres.ts";

const CONNECTIONS = 20;
/** More WAL than the gigabyte from which on an unused slot is told of, and transaction IDs old enough for the alert that pages. */
const LATER = { segments: 100, transactionIds: 1_100_000_000 };

/**
 * A primary whose archive fails, with few connections left and a long transaction; a replica of it that is behind and no longer connected;
 * and a server with an unused slot, whose transaction IDs are old because nothing vacuums.
 */
export class DatabasesInTrouble {
  readonly primary = TestPostgres.start([
    "wal_level=replica",
    "archive_mode=on",
    "archive_command=false",
    `max_connections=${CONNECTIONS}`,
  ]);
  readonly old = TestPostgres.start();
  #replica: TestPostgres | undefined;
  #release: () => void = () => undefined;
  readonly #released = new Promise<void>((resolve) => (this.#release = resolve));
  #clients: Promise<void>[] = [];

  get replica(): TestPostgres {
    return this.#replica!;
  }

  async trouble(): Promise<void> {
    const { primary } = this;
    const query = (statement: string) => primary.query(primary.connection(), statement);
    await this.old.query(this.old.connection(), "SELECT pg_create_physical_replication_slot('unused', true)");
    this.old.skip(LATER, ["autovacuum_freeze_max_age=2000000000"]);
    this.#replica = primary.replica(["max_connections=100", "hot_standby=on"]);
    await query("CREATE TABLE public.written AS SELECT now() AS at");
    await this.#cutOff();
    // Three are kept for superusers, of whom the exporter is one.
    this.#clients = Array.from({ length: CONNECTIONS - 2 }, () =>
      withClient(primary.connection(), async (client) => {
        await client.query("BEGIN; SELECT count(*) FROM public.written");
        await this.#released;
      }),
    );
  }

  async stop(): Promise<void> {
    this.#release();
    await Promise.allSettled(this.#clients);
    for (const server of [this.#replica, this.primary, this.old]) server?.stop();
  }

  /** The replica has received what it does not replay, and then loses its primary. */
  async #cutOff(): Promise<void> {
    const { primary, replica } = this;
    const on = (statement: string) => replica.query<{ yes: boolean }>(replica.connection(), statement);
    const is = async (condition: string) => {
      while (!(await on(`SELECT ${condition} AS yes`))[0]!.yes) await new Promise((next) => setTimeout(next, 50));
    };
    await is("pg_last_xact_replay_timestamp() IS NOT NULL");
    await on("SELECT pg_wal_replay_pause()");
    await is("pg_get_wal_replay_pause_state() = 'paused'");
    await primary.query(primary.connection(), "INSERT INTO public.written VALUES (now())");
    await is("pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn()");
    // The replica does not connect again, because the process that would is the one that is paused.
    await primary.query(primary.connection(), "SELECT pg_terminate_backend(pid) FROM pg_catalog.pg_stat_replication");
    await is("NOT EXISTS (TABLE pg_catalog.pg_stat_wal_receiver)");
  }
}
