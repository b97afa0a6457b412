CREATE VIEW shop.open_orders WITH (security_barrier) AS
  SELECT o.id, o.customer AS who, o.amount FROM shop.orders o WHERE o.status = 'open';
CREATE VIEW shop.cheap_orders AS SELECT id, customer, status, amount FROM shop.orders WHERE amount < 100 WITH LOCAL CHECK OPTION;
CREATE VIEW shop.invoker WITH (security_invoker) AS SELECT name FROM shop.customers;
ALTER VIEW shop.open_orders ALTER COLUMN amount SET DEFAULT 5;
COMMENT ON VIEW shop.open_orders IS 'not paid yet';
COMMENT ON COLUMN shop.open_orders.who IS 'the customer';
CREATE RECURSIVE VIEW shop.counting (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM counting WHERE n < 5;
CREATE MATERIALIZED VIEW shop.sums WITH (fillfactor = 80) AS SELECT status, sum(amount) AS total FROM shop.orders GROUP BY status;
CREATE UNIQUE INDEX sums_by_status ON shop.sums (status);
CREATE MATERIALIZED VIEW shop.sums_of_sums AS SELECT sum(total) AS total FROM shop.sums;
CREATE MATERIALIZED VIEW shop.later AS SELECT count(*) AS n FROM shop.orders WITH NO DATA;

CREATE RULE orders_gone AS ON DELETE TO shop.open_orders DO INSTEAD UPDATE shop.orders SET status = 'paid' WHERE id = old.id;
CREATE RULE log_names AS ON UPDATE TO shop.customers WHERE old.name <> new.name DO ALSO INSERT INTO ops.log (said) VALUES (old.name);
COMMENT ON RULE log_names ON shop.customers IS 'who was who';
CREATE RULE off_by_default AS ON DELETE TO ops.pairs DO INSTEAD NOTHING;
ALTER TABLE ops.pairs DISABLE RULE off_by_default;
