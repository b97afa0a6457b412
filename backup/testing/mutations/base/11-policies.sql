ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.customers ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.customers FORCE ROW LEVEL SECURITY;
CREATE POLICY own_orders ON shop.orders FOR SELECT TO acci_app USING (customer::text = current_setting('shop.customer', true));
CREATE POLICY no_big_ones ON shop.orders AS RESTRICTIVE FOR INSERT WITH CHECK (amount < (SELECT max(total) FROM shop.sums));
CREATE POLICY everyone ON shop.customers USING (true);
COMMENT ON POLICY own_orders ON shop.orders IS 'each his own';
