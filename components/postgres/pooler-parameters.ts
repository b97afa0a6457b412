export interface PoolerSizing {
  readonly poolSize: number;
  readonly maxClients: number;
}

/** Settings of PgBouncer. Its defaults wait out a lost primary for up to two minutes; the application gives up after five seconds. */
export function poolerParameters({ maxClients, poolSize }: PoolerSizing): Record<string, string> {
  return {
    default_pool_size: String(poolSize),
    max_client_conn: String(maxClients),
    // Higher than the number of the application's statements: each is prepared once for a server connection, and all clients share it.
    max_prepared_statements: "200",
    client_tls_sslmode: "require",
    server_tls_sslmode: "verify-full",
    // How soon a server that vanished without closing its connections is noticed, and its successor found.
    tcp_user_timeout: "3000",
    server_connect_timeout: "3",
    server_login_retry: "1",
    query_wait_timeout: "10",
  };
}
