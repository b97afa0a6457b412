INSERT INTO shop.customers (name, email, mood, home, tags, notes)
  SELECT 'name ' || g, 'n' || g || '@work', 'busy', ROW('street', 'city', g)::shop.address, ARRAY['a', 'b'], repeat('note ', 50) FROM generate_series(1, 20) g;
INSERT INTO shop.orders (customer, status, amount, quantity, body)
  SELECT 100 + (g % 20) * 10, CASE g % 2 WHEN 0 THEN 'open' ELSE 'paid' END, g, g, '{"a": 1}' FROM generate_series(1, 50) g;
INSERT INTO shop.bookings VALUES (1, '[2020-01-01,2020-01-02)', 'guest');
INSERT INTO ops.log (said) SELECT 'said ' || g FROM generate_series(1, 10) g;
INSERT INTO ops.scratch (what) VALUES ('gone after a crash');
INSERT INTO ops.pairs VALUES (1, 2, 3), (2, 3, 4);
INSERT INTO ops.typed VALUES ('street', 'city', 12345);
INSERT INTO ops.nulls VALUES (NULL, 1), (1, 2);
INSERT INTO ops.nothing DEFAULT VALUES;
INSERT INTO shop.animals VALUES (1, 'spider', 8);
INSERT INTO shop.pets VALUES (2, 'cat', 4, 'me');
INSERT INTO shop.strays (id, name, legs, found) VALUES (3, 'dog', 4, '2020-02-02');
INSERT INTO shop.events VALUES (1, '2020-05-05', 's', 'a'), (2, '2021-05-05', 's', 'b'), (3, '2021-05-05', 'l', 'c'), (4, '2030-01-01', 'm', 'd'), (5, '2019-05-05', 'm', 'e');
INSERT INTO shop.hashed SELECT g, 'v' || g FROM generate_series(1, 20) g;
INSERT INTO ops.seen VALUES (1, '2020-05-05', 's');
REFRESH MATERIALIZED VIEW shop.sums;
REFRESH MATERIALIZED VIEW shop.sums_of_sums;
SELECT lo_create(4711), lo_create(4712);
SELECT lo_put(4711, 0, 'a large object'), lo_put(4712, 0, decode(repeat('ab', 5000), 'hex'));
COMMENT ON LARGE OBJECT 4711 IS 'the large one';
GRANT SELECT ON LARGE OBJECT 4711 TO acci_app;
