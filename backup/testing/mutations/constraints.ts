import type { Mutations } from "./mutation.ts";

const foreignKey = (definition: string) =>
  `ALTER TABLE shop.orders DROP CONSTRAINT of_customer, ADD CONSTRAINT of_customer FOREIGN KEY (customer) REFERENCES shop.customers ${definition}`;

/** Of constraints and indexes. */
export const constraints: Mutations = {
  "check constraint": [
    ["known_status", "ALTER TABLE shop.orders DROP CONSTRAINT known_status"],
    [
      "known_status",
      "ALTER TABLE shop.orders DROP CONSTRAINT known_status, ADD CONSTRAINT known_status CHECK (status IN ('open', 'paid', 'lost'))",
    ],
    [
      "sane_amount",
      "ALTER TABLE shop.orders DROP CONSTRAINT sane_amount, ADD CONSTRAINT sane_amount CHECK (amount >= 0 OR amount < 1e9)",
    ],
    ["no_more", "ALTER TABLE ops.pairs ADD CONSTRAINT no_more CHECK (a < 100)"],
    ["quantity_checked", "ALTER TABLE shop.orders RENAME CONSTRAINT not_checked TO quantity_checked"],
  ],
  validity: [
    ["not_checked", "ALTER TABLE shop.orders VALIDATE CONSTRAINT not_checked"],
    ["of_customer", foreignKey("ON DELETE CASCADE NOT VALID")],
    ["not_huge", "ALTER DOMAIN shop.positive VALIDATE CONSTRAINT not_huge"],
  ],
  "foreign key": [
    ["of_customer", "ALTER TABLE shop.orders DROP CONSTRAINT of_customer"],
    ["of_customer", foreignKey("ON DELETE SET NULL")],
    ["of_customer", foreignKey("ON DELETE CASCADE ON UPDATE CASCADE")],
    [
      "of_event",
      "ALTER TABLE ops.seen DROP CONSTRAINT of_event, ADD CONSTRAINT of_event FOREIGN KEY (event, at, kind) REFERENCES shop.events MATCH FULL ON UPDATE CASCADE",
    ],
    [
      "of_event",
      "ALTER TABLE ops.seen DROP CONSTRAINT of_event, ADD CONSTRAINT of_event FOREIGN KEY (event, at, kind) REFERENCES shop.events",
    ],
    ["of_pair", "ALTER TABLE ops.nulls ADD CONSTRAINT of_pair FOREIGN KEY (a) REFERENCES ops.pairs (a) NOT VALID"],
  ],
  deferrability: [
    ["of_customer", "ALTER TABLE shop.orders ALTER CONSTRAINT of_customer DEFERRABLE"],
    [
      "one_status",
      "ALTER TABLE shop.orders DROP CONSTRAINT one_status, ADD CONSTRAINT one_status UNIQUE (customer, status, id) DEFERRABLE",
    ],
  ],
  "unique constraint": [
    ["nulls_a_key", "ALTER TABLE ops.nulls DROP CONSTRAINT nulls_a_key, ADD UNIQUE (a)"],
    ["nulls_a_key", "ALTER TABLE ops.nulls DROP CONSTRAINT nulls_a_key"],
    ["customers", "ALTER TABLE shop.customers ADD UNIQUE (name)"],
    ["loners", "ALTER TABLE shop.loners ADD PRIMARY KEY (id)"],
  ],
  "exclusion constraint": [
    ["one_guest", "ALTER TABLE shop.bookings DROP CONSTRAINT one_guest"],
    [
      "one_guest",
      "ALTER TABLE shop.bookings DROP CONSTRAINT one_guest, ADD CONSTRAINT one_guest EXCLUDE USING gist (during WITH &&)",
    ],
    [
      "one_guest",
      "ALTER TABLE shop.bookings DROP CONSTRAINT one_guest, ADD CONSTRAINT one_guest EXCLUDE USING gist (during WITH -|-) WHERE (room IS NOT NULL)",
    ],
  ],
  index: [
    ["orders_by_body", "DROP INDEX shop.orders_by_body"],
    ["orders_by_body", "DROP INDEX shop.orders_by_body; CREATE INDEX orders_by_body ON shop.orders USING gin (body)"],
    [
      "orders_by_status",
      "DROP INDEX shop.orders_by_status; CREATE INDEX orders_by_status ON shop.orders (status) WHERE status = 'open'",
    ],
    [
      "orders_by_status",
      "DROP INDEX shop.orders_by_status; CREATE INDEX orders_by_status ON shop.orders (status) INCLUDE (amount) WHERE status = 'paid'",
    ],
    [
      "orders_by_slug",
      "DROP INDEX shop.orders_by_slug; CREATE INDEX orders_by_slug ON shop.orders (shop.twice(quantity) DESC)",
    ],
    [
      "customers_by_name",
      "DROP INDEX shop.customers_by_name; CREATE INDEX customers_by_name ON shop.customers (name) WITH (fillfactor = 60)",
    ],
    ["pairs_by_a", "DROP INDEX ops.pairs_by_a; CREATE INDEX pairs_by_a ON ops.pairs (a)"],
    ["extra_index", "CREATE INDEX extra_index ON shop.events_2020 (what, at)"],
    ["events_by_what", "DROP INDEX shop.events_by_what"],
    [
      "orders_by_status",
      "UPDATE pg_catalog.pg_index SET indisvalid = false WHERE indexrelid = 'shop.orders_by_status'::pg_catalog.regclass",
    ],
    [
      "hashed_0_v",
      "CREATE INDEX hashed_0_v ON shop.hashed_0 (v); ALTER INDEX shop.hashed_by_v ATTACH PARTITION shop.hashed_0_v",
    ],
  ],
  cluster: [
    ["customers", "ALTER TABLE shop.customers SET WITHOUT CLUSTER"],
    ["pairs", "ALTER TABLE ops.pairs CLUSTER ON pairs_by_a"],
  ],
  statistics: [
    ["orders_stats", "DROP STATISTICS shop.orders_stats"],
    ["orders_stats", "ALTER STATISTICS shop.orders_stats SET STATISTICS 78"],
    [
      "orders_stats",
      "DROP STATISTICS shop.orders_stats; CREATE STATISTICS shop.orders_stats (ndistinct) ON customer, status FROM shop.orders",
    ],
    [
      "orders_expr",
      "DROP STATISTICS shop.orders_expr; CREATE STATISTICS shop.orders_expr (mcv) ON (quantity % 11), status FROM shop.orders",
    ],
    ["extra_stats", "CREATE STATISTICS ops.extra_stats ON a, b FROM ops.pairs"],
  ],
};
