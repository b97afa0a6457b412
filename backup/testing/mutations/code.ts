import type { Mutations } from "./mutation.ts";

const whoami = (change: string) => `ALTER FUNCTION shop.whoami() ${change}`;
const touched = (definition: string) =>
  `DROP TRIGGER touched ON shop.orders; CREATE TRIGGER touched ${definition}; COMMENT ON TRIGGER touched ON shop.orders IS 'it was touched'`;

/** Of views, rules, functions, triggers and what is made of functions. */
export const code: Mutations = {
  view: [
    [
      "open_orders",
      "CREATE OR REPLACE VIEW shop.open_orders WITH (security_barrier) AS SELECT o.id, o.customer AS who, o.amount FROM shop.orders o WHERE o.status <> 'paid'",
    ],
    ["invoker", "DROP VIEW shop.invoker"],
    ["extra_view", "CREATE VIEW shop.extra_view AS SELECT 1 AS one"],
    ["open_orders", "ALTER VIEW shop.open_orders RENAME COLUMN who TO whose"],
    [
      "counting",
      "CREATE OR REPLACE RECURSIVE VIEW shop.counting (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM counting WHERE n < 6",
    ],
  ],
  "view options": [
    ["open_orders", "ALTER VIEW shop.open_orders RESET (security_barrier)"],
    ["cheap_orders", "ALTER VIEW shop.cheap_orders SET (check_option = cascaded)"],
    ["cheap_orders", "ALTER VIEW shop.cheap_orders RESET (check_option)"],
    ["invoker", "ALTER VIEW shop.invoker SET (security_invoker = false)"],
  ],
  "materialized view": [
    ["sums", "REFRESH MATERIALIZED VIEW shop.sums WITH NO DATA"],
    ["sums_of_sums", "REFRESH MATERIALIZED VIEW shop.sums_of_sums WITH NO DATA"],
    ["later", "DROP MATERIALIZED VIEW shop.later"],
    ["sums_by_status", "DROP INDEX shop.sums_by_status"],
    ["later", "DROP MATERIALIZED VIEW shop.later; CREATE VIEW shop.later AS SELECT count(*) AS n FROM shop.orders"],
  ],
  rule: [
    ["swallow", "CREATE RULE swallow AS ON INSERT TO shop.orders DO INSTEAD NOTHING"],
    ["orders_gone", "DROP RULE orders_gone ON shop.open_orders"],
    ["log_names", "DROP RULE log_names ON shop.customers"],
    ["log_names", "ALTER TABLE shop.customers DISABLE RULE log_names"],
    ["log_names", "ALTER TABLE shop.customers ENABLE ALWAYS RULE log_names"],
    ["off_by_default", "ALTER TABLE ops.pairs ENABLE RULE off_by_default"],
    [
      "orders_gone",
      "CREATE OR REPLACE RULE orders_gone AS ON DELETE TO shop.open_orders DO INSTEAD UPDATE shop.orders SET status = 'open' WHERE id = old.id",
    ],
  ],
  "function body": [
    ["twice", "CREATE OR REPLACE FUNCTION shop.twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT n * 3'"],
    [
      "slug",
      "CREATE OR REPLACE FUNCTION shop.slug(title text, length int DEFAULT 20) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 7 BEGIN ATOMIC SELECT left(upper(title), length); END",
    ],
    [
      "touch",
      "CREATE OR REPLACE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
    ],
    [
      "tidy",
      "CREATE OR REPLACE PROCEDURE ops.tidy(older interval DEFAULT '1 day') LANGUAGE plpgsql AS $$ BEGIN NULL; END $$",
    ],
  ],
  function: [
    ["total", "DROP FUNCTION shop.total(numeric[])"],
    ["extra_function", "CREATE FUNCTION public.extra_function() RETURNS int LANGUAGE sql AS 'SELECT 1'"],
    ["slug", "CREATE FUNCTION shop.slug(bigint) RETURNS text LANGUAGE sql AS 'SELECT $1::text'"],
    [
      "slug",
      "CREATE OR REPLACE FUNCTION shop.slug(title text, length int DEFAULT 21) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 7 BEGIN ATOMIC SELECT left(lower(title), length); END",
    ],
    [
      "both",
      "DROP FUNCTION shop.both(int); CREATE FUNCTION shop.both(IN a int, OUT b int, OUT d text) LANGUAGE sql AS 'SELECT a, a::text'",
    ],
  ],
  volatility: [
    ["twice", "ALTER FUNCTION shop.twice(int) VOLATILE"],
    ["slug", "ALTER FUNCTION shop.slug(int) IMMUTABLE"],
  ],
  leakproof: [
    ["near", "ALTER FUNCTION shop.near(shop.address, shop.address) LEAKPROOF"],
    ["twice", "ALTER FUNCTION shop.twice(int) LEAKPROOF"],
  ],
  "security definer": [
    ["whoami", whoami("SECURITY INVOKER")],
    ["touch", "ALTER FUNCTION shop.touch() SECURITY DEFINER"],
    ["tidy", "ALTER PROCEDURE ops.tidy(interval) SECURITY DEFINER"],
  ],
  "cost and rows": [
    ["slug", "ALTER FUNCTION shop.slug(text, int) COST 8"],
    ["numbers", "ALTER FUNCTION shop.numbers(int) ROWS 8"],
    ["slug", "ALTER FUNCTION shop.slug(text, int) PARALLEL UNSAFE"],
    ["slug", "ALTER FUNCTION shop.slug(text, int) CALLED ON NULL INPUT"],
  ],
  "function configuration": [
    ["whoami", whoami("SET work_mem = '9MB'")],
    ["whoami", whoami("RESET search_path")],
    ["touch", "ALTER FUNCTION shop.touch() SET search_path = ops"],
  ],
  procedure: [
    ["tidy", "DROP PROCEDURE ops.tidy(interval)"],
    ["extra_procedure", "CREATE PROCEDURE ops.extra_procedure() LANGUAGE sql AS 'SELECT 1'"],
  ],
  aggregate: [
    ["longest", "DROP AGGREGATE shop.longest(text)"],
    ["longest", "CREATE OR REPLACE AGGREGATE shop.longest(text) (SFUNC = shop.longer, STYPE = text, INITCOND = 'x')"],
    ["shortest", "CREATE AGGREGATE shop.shortest(text) (SFUNC = shop.longer, STYPE = text)"],
  ],
  trigger: [
    ["touched", "DROP TRIGGER touched ON shop.orders"],
    [
      "touched",
      touched(
        "BEFORE INSERT OR UPDATE ON shop.orders FOR EACH ROW WHEN (new.amount > 0) EXECUTE FUNCTION shop.touch('a', 'b')",
      ),
    ],
    [
      "touched",
      touched(
        "BEFORE INSERT OR UPDATE OF status ON shop.orders FOR EACH ROW WHEN (new.amount > 1) EXECUTE FUNCTION shop.touch('a', 'b')",
      ),
    ],
    [
      "touched",
      touched(
        "BEFORE INSERT OR UPDATE OF status ON shop.orders FOR EACH ROW WHEN (new.amount > 0) EXECUTE FUNCTION shop.touch('a')",
      ),
    ],
    [
      "late",
      "DROP TRIGGER late ON shop.orders; CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON shop.orders DEFERRABLE FOR EACH ROW EXECUTE FUNCTION shop.touch()",
    ],
    [
      "counted",
      "DROP TRIGGER counted ON shop.orders; CREATE TRIGGER counted AFTER INSERT ON shop.orders REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION shop.count_new()",
    ],
    [
      "extra_trigger",
      "CREATE TRIGGER extra_trigger BEFORE INSERT ON ops.log FOR EACH ROW EXECUTE FUNCTION shop.touch()",
    ],
    ["in_partitions", "DROP TRIGGER in_partitions ON shop.events"],
  ],
  "trigger's state": [
    ["touched", "ALTER TABLE shop.orders DISABLE TRIGGER touched"],
    ["off", "ALTER TABLE shop.orders ENABLE TRIGGER off"],
    ["on_replicas", "ALTER TABLE shop.customers ENABLE REPLICA TRIGGER on_replicas"],
    ["in_partitions", "ALTER TABLE shop.events_2020 DISABLE TRIGGER in_partitions"],
  ],
  "event trigger": [
    [
      "watch_ddl",
      "CREATE FUNCTION public.watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER watch_ddl ON ddl_command_start EXECUTE FUNCTION public.watch()",
    ],
    [
      "no_drops",
      "CREATE FUNCTION ops.stop() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER no_drops ON sql_drop WHEN TAG IN ('DROP TABLE') EXECUTE FUNCTION ops.stop(); ALTER EVENT TRIGGER no_drops DISABLE",
    ],
  ],
};
