import type { Mutations } from "./mutation.ts";

/** In the database of the session, whatever its name. */
const database = (statement: string) =>
  `DO $do$ BEGIN EXECUTE pg_catalog.format($f$${statement}$f$, pg_catalog.current_database()); END $do$`;

/** Of rights, policies, publications, comments and the database itself. */
export const rights: Mutations = {
  "rights on a table": [
    ["orders", "GRANT DELETE ON shop.orders TO acci_app"],
    ["orders", "REVOKE INSERT ON shop.orders FROM acci_app"],
    ["orders", "GRANT SELECT ON shop.orders TO acci_app WITH GRANT OPTION"],
    ["open_orders", "REVOKE SELECT ON shop.open_orders FROM PUBLIC"],
    ["sums", "GRANT ALL ON shop.sums TO acci"],
    ["log", "GRANT SELECT ON ops.log TO PUBLIC"],
  ],
  "rights on a column": [
    ["customers", "REVOKE UPDATE (notes) ON shop.customers FROM acci_app"],
    ["customers", "GRANT SELECT (home) ON shop.customers TO acci_app"],
    ["pairs", "GRANT REFERENCES (a) ON ops.pairs TO acci_app"],
  ],
  "rights on a schema": [
    ["ops", "REVOKE CREATE ON SCHEMA ops FROM acci_app"],
    ["ext", "GRANT USAGE ON SCHEMA ext TO PUBLIC"],
    ["public", "GRANT CREATE ON SCHEMA public TO PUBLIC"],
    ["public", "REVOKE CREATE ON SCHEMA public FROM acci_app"],
  ],
  "rights on a function": [
    ["whoami", "GRANT EXECUTE ON FUNCTION shop.whoami() TO PUBLIC"],
    ["whoami", "REVOKE EXECUTE ON FUNCTION shop.whoami() FROM acci_app"],
    ["tidy", "REVOKE EXECUTE ON PROCEDURE ops.tidy(interval) FROM acci_app"],
    ["pg_sleep", "REVOKE EXECUTE ON FUNCTION pg_catalog.pg_sleep(float8) FROM PUBLIC"],
  ],
  "rights on a sequence": [
    ["tickets", "REVOKE USAGE ON SEQUENCE ops.tickets FROM acci_app"],
    ["down", "GRANT UPDATE ON SEQUENCE ops.down TO acci_app"],
  ],
  "rights on a type": [
    ["mood", "GRANT USAGE ON TYPE shop.mood TO PUBLIC"],
    ["mood", "REVOKE USAGE ON TYPE shop.mood FROM acci_app"],
    ["email", "REVOKE GRANT OPTION FOR USAGE ON TYPE shop.email FROM acci_app"],
  ],
  "rights on a language": [
    ["plpgsql", "REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC"],
    ["plpgsql", "GRANT USAGE ON LANGUAGE plpgsql TO acci_app"],
  ],
  "rights on a large object": [
    ["4711", "REVOKE SELECT ON LARGE OBJECT 4711 FROM acci_app"],
    ["4712", "GRANT UPDATE ON LARGE OBJECT 4712 TO acci_app"],
  ],
  "rights on the database": [
    ["acci_app", database("REVOKE TEMPORARY ON DATABASE %I FROM acci_app")],
    ["PUBLIC", database("GRANT CONNECT ON DATABASE %I TO PUBLIC")],
    ["acci_app", database("GRANT CREATE ON DATABASE %I TO acci_app WITH GRANT OPTION")],
  ],
  "default privileges": [
    ["shop", "ALTER DEFAULT PRIVILEGES FOR ROLE acci IN SCHEMA shop REVOKE SELECT ON TABLES FROM acci_app"],
    ["PRIVILEGES FOR FUNCTIONS", "ALTER DEFAULT PRIVILEGES FOR ROLE acci GRANT EXECUTE ON FUNCTIONS TO PUBLIC"],
    ["PRIVILEGES FOR SCHEMAS", "ALTER DEFAULT PRIVILEGES FOR ROLE acci GRANT USAGE ON SCHEMAS TO acci_app"],
    ["PRIVILEGES FOR TABLES", "ALTER DEFAULT PRIVILEGES FOR ROLE acci_app GRANT SELECT ON TABLES TO acci"],
  ],
  policy: [
    ["loose", "CREATE POLICY loose ON shop.orders USING (true)"],
    ["own_orders", "DROP POLICY own_orders ON shop.orders"],
    ["own_orders", "ALTER POLICY own_orders ON shop.orders TO PUBLIC"],
    ["own_orders", "ALTER POLICY own_orders ON shop.orders USING (customer IS NOT NULL)"],
    ["no_big_ones", "ALTER POLICY no_big_ones ON shop.orders WITH CHECK (true)"],
    [
      "no_big_ones",
      "DROP POLICY no_big_ones ON shop.orders; CREATE POLICY no_big_ones ON shop.orders FOR INSERT WITH CHECK (amount < (SELECT max(total) FROM shop.sums))",
    ],
  ],
  "row security": [
    ["orders", "ALTER TABLE shop.orders DISABLE ROW LEVEL SECURITY"],
    ["orders", "ALTER TABLE shop.orders FORCE ROW LEVEL SECURITY"],
    ["customers", "ALTER TABLE shop.customers NO FORCE ROW LEVEL SECURITY"],
    ["log", "ALTER TABLE ops.log ENABLE ROW LEVEL SECURITY"],
  ],
  publication: [
    ["of_orders", "DROP PUBLICATION of_orders"],
    ["everything", "CREATE PUBLICATION everything FOR ALL TABLES"],
    ["of_orders", "ALTER PUBLICATION of_orders SET (publish = 'insert')"],
    ["of_events", "ALTER PUBLICATION of_events SET (publish_via_partition_root = false)"],
    ["of_orders", "ALTER PUBLICATION of_orders DROP TABLE ops.pairs"],
    ["of_events", "ALTER PUBLICATION of_events ADD TABLES IN SCHEMA ops"],
  ],
  "filter of a publication": [
    ["of_orders", "ALTER PUBLICATION of_orders SET TABLE shop.orders (id, status, amount) WHERE (id > 8), ops.pairs"],
    ["of_orders", "ALTER PUBLICATION of_orders SET TABLE shop.orders (id, status, amount), ops.pairs"],
  ],
  "columns of a publication": [
    ["of_orders", "ALTER PUBLICATION of_orders SET TABLE shop.orders (id, status) WHERE (id > 7), ops.pairs"],
    ["of_orders", "ALTER PUBLICATION of_orders SET TABLE shop.orders WHERE (id > 7), ops.pairs"],
  ],
  subscription: [
    [
      "from_afar",
      "CREATE SUBSCRIPTION from_afar CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE)",
      "DROP SUBSCRIPTION from_afar",
    ],
  ],
  "foreign data": [
    ["wrapper", "CREATE FOREIGN DATA WRAPPER wrapper"],
    [
      "elsewhere",
      "CREATE FOREIGN DATA WRAPPER wrapper; CREATE SERVER elsewhere FOREIGN DATA WRAPPER wrapper OPTIONS (host 'x')",
    ],
    [
      "foreign_table",
      "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE ops.foreign_table (a int) SERVER s",
    ],
  ],
  comment: [
    ["customers", "COMMENT ON TABLE shop.customers IS NULL"],
    ["customers", "COMMENT ON COLUMN shop.customers.notes IS 'written'"],
    ["orders_by_body", "COMMENT ON INDEX shop.orders_by_body IS 'new'"],
    ["slug", "COMMENT ON FUNCTION shop.slug(text, int) IS 'other'"],
    ["known_status", "COMMENT ON CONSTRAINT known_status ON shop.orders IS NULL"],
    ["log_names", "COMMENT ON RULE log_names ON shop.customers IS NULL"],
    ["touched", "COMMENT ON TRIGGER touched ON shop.orders IS 'other'"],
    ["own_orders", "COMMENT ON POLICY own_orders ON shop.orders IS NULL"],
    ["of_orders", "COMMENT ON PUBLICATION of_orders IS NULL"],
    ["address", "COMMENT ON CAST (int AS shop.address) IS NULL"],
    ["has_at", "COMMENT ON CONSTRAINT has_at ON DOMAIN shop.email IS NULL"],
    ["4711", "COMMENT ON LARGE OBJECT 4711 IS NULL"],
    ["zip", "COMMENT ON COLUMN shop.address.zip IS 'six digits'"],
  ],
  schema: [
    ["extra_schema", "CREATE SCHEMA extra_schema"],
    ["ops", "ALTER SCHEMA ops RENAME TO operations"],
  ],
  "settings of the database": [
    ["statement_timeout", database("ALTER DATABASE %I RESET statement_timeout")],
    ["statement_timeout", database("ALTER DATABASE %I SET statement_timeout = '8min'")],
    ["work_mem", database("ALTER DATABASE %I SET work_mem = '5MB'")],
    ["search_path", database(`ALTER DATABASE %I SET search_path = 'public, "$user", ops'`)],
  ],
  "settings of a role in the database": [
    ["work_mem", database("ALTER ROLE acci_app IN DATABASE %I RESET work_mem")],
    ["work_mem", database("ALTER ROLE acci_app IN DATABASE %I SET work_mem = '17MB'")],
    ["lock_timeout", database("ALTER ROLE acci_backup IN DATABASE %I SET lock_timeout = '1s'")],
  ],
  "connection limit": [
    ["90", database("ALTER DATABASE %I CONNECTION LIMIT -1")],
    ["91", database("ALTER DATABASE %I CONNECTION LIMIT 91")],
  ],
  "owner of the database": [["owner", database("ALTER DATABASE %I OWNER TO acci_app")]],
  "role of the server": [
    ["acci_app", "ALTER ROLE acci_app CREATEDB", "ALTER ROLE acci_app NOCREATEDB"],
    ["acci_backup", "ALTER ROLE acci_backup NOBYPASSRLS", "ALTER ROLE acci_backup BYPASSRLS"],
    ["acci_backup", "REVOKE pg_read_all_data FROM acci_backup", "GRANT pg_read_all_data TO acci_backup"],
  ],
};
