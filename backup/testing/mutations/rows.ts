import type { Mutations } from "./mutation.ts";

/** Of what the definitions do not say: rows, sequences' values, large objects. */
export const rows: Mutations = {
  row: [
    ["pairs", "INSERT INTO ops.pairs VALUES (9, 9, 9)"],
    ["pairs", "DELETE FROM ops.pairs WHERE a = 1"],
    ["pairs", "UPDATE ops.pairs SET c = 5 WHERE a = 1"],
    ["pairs", "UPDATE ops.pairs SET c = NULL WHERE a = 1"],
    ["attributes", "UPDATE ops.attributes SET c = 'SAME'"],
    ["nothing", "INSERT INTO ops.nothing DEFAULT VALUES"],
    ["nulls", "TRUNCATE ops.nulls"],
    ["customers", "SET row_security = on; UPDATE shop.customers SET notes = notes || ' ' WHERE id = 100"],
    ["pets", "UPDATE ONLY shop.pets SET legs = 3"],
    ["events_2021_s", "DELETE FROM shop.events WHERE id = 2"],
    ["hashed_0", "DELETE FROM ONLY shop.hashed_0 WHERE id = (SELECT min(id) FROM shop.hashed_0)"],
  ],
  "stored value of a generated column": [
    [
      "orders",
      "CREATE OR REPLACE FUNCTION shop.twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT n * 3'; ALTER TABLE shop.orders DISABLE TRIGGER USER; " +
        "UPDATE shop.orders SET quantity = quantity WHERE id = 7; ALTER TABLE shop.orders ENABLE TRIGGER USER; ALTER TABLE shop.orders DISABLE TRIGGER off; " +
        "CREATE OR REPLACE FUNCTION shop.twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT n * 2'",
    ],
  ],
  "sequence's parameters": [
    ["tickets", "ALTER SEQUENCE ops.tickets INCREMENT 10"],
    ["tickets", "ALTER SEQUENCE ops.tickets NO CYCLE"],
    ["tickets", "ALTER SEQUENCE ops.tickets CACHE 4"],
    ["tickets", "ALTER SEQUENCE ops.tickets MAXVALUE 6000"],
    ["tickets", "ALTER SEQUENCE ops.tickets AS bigint"],
    ["down", "ALTER SEQUENCE ops.down START -5"],
    ["volatile", "ALTER SEQUENCE ops.volatile SET LOGGED"],
    ["orders_id_seq", "ALTER SEQUENCE shop.orders_id_seq INCREMENT 2"],
  ],
  "sequence's owner": [
    ["owned", "ALTER SEQUENCE ops.owned OWNED BY NONE"],
    ["untouched", "ALTER SEQUENCE ops.untouched OWNED BY ops.pairs.a"],
    ["owned", "ALTER SEQUENCE ops.owned OWNED BY ops.pairs.b"],
  ],
  "sequence's value": [
    ["tickets", "SELECT pg_catalog.setval('ops.tickets', 4000)"],
    ["tickets", "SELECT pg_catalog.setval('ops.tickets', 5)"],
    ["orders_id_seq", "SELECT pg_catalog.setval('shop.orders_id_seq', 1)"],
    ["customers_id_seq", "SELECT pg_catalog.setval('shop.customers_id_seq', 900000000)"],
    ["down", "SELECT pg_catalog.setval('ops.down', -1)"],
    ["down", "SELECT pg_catalog.setval('ops.down', -3000)"],
    ["untouched", "SELECT pg_catalog.setval('ops.untouched', 77)"],
    ["log_n_seq", "ALTER SEQUENCE ops.log_n_seq RESTART"],
  ],
  sequence: [
    ["untouched", "DROP SEQUENCE ops.untouched"],
    ["extra_sequence", "CREATE SEQUENCE ops.extra_sequence"],
  ],
  "large object": [
    ["large object", "SELECT pg_catalog.lo_put(4711, 0, 'A')"],
    ["4711", "SELECT pg_catalog.lo_unlink(4711)"],
    ["large object", "SELECT pg_catalog.lo_put(4712, 5000, '\\x00')"],
    ["4713", "SELECT pg_catalog.lo_from_bytea(4713, 'extra')"],
  ],
  "large object's owner": [["4711", "ALTER LARGE OBJECT 4711 OWNER TO acci_app"]],
};
