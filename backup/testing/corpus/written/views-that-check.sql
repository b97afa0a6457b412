CREATE TABLE t (id int PRIMARY KEY, status varchar(10));
CREATE VIEW barrier WITH (security_barrier = true) AS SELECT * FROM t WHERE status IN ('a', 'b');
CREATE VIEW local WITH (check_option = 'local') AS SELECT * FROM t WHERE id > 0;
CREATE VIEW cascaded AS SELECT * FROM local WHERE id < 100 WITH CASCADED CHECK OPTION;
CREATE VIEW invoked WITH (security_invoker = on, security_barrier = off) AS SELECT * FROM t;
ALTER VIEW barrier ALTER COLUMN status SET DEFAULT 'a';
INSERT INTO cascaded VALUES (5, 'a');
