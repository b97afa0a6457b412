CREATE PUBLICATION of_orders FOR TABLE shop.orders (id, status, amount) WHERE (id > 7), ops.pairs WITH (publish = 'insert, delete');
CREATE PUBLICATION of_events FOR TABLE shop.events WITH (publish_via_partition_root = true);
COMMENT ON PUBLICATION of_orders IS 'what others see';
