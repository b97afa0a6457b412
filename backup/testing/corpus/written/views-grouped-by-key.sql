-- Depends on the primary key, so it comes back after the data.
CREATE TABLE t (id int PRIMARY KEY, name text, n int);
CREATE VIEW by_key AS SELECT id, name, count(*) FROM t GROUP BY id;
CREATE VIEW upon AS SELECT * FROM by_key WHERE count > 0;
CREATE MATERIALIZED VIEW kept AS SELECT * FROM upon;
CREATE RULE nothing AS ON INSERT TO by_key DO INSTEAD NOTHING;
INSERT INTO t VALUES (1, 'a', 2);
REFRESH MATERIALIZED VIEW kept;
