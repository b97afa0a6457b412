CREATE TABLE t (id int PRIMARY KEY, status varchar(9));
CREATE FUNCTION atomic(n int, INOUT m int DEFAULT 5) LANGUAGE sql
  BEGIN ATOMIC INSERT INTO t VALUES (n, 'open') ON CONFLICT DO NOTHING; SELECT m + count(*)::int FROM t WHERE status IN ('open', 'paid'); END;
CREATE FUNCTION short(a text, b text DEFAULT 'x;y--' || 'z') RETURNS text IMMUTABLE RETURN a || b;
CREATE FUNCTION rows_of() RETURNS SETOF t STABLE BEGIN ATOMIC SELECT * FROM t; END;
CREATE FUNCTION tabled(n int) RETURNS TABLE (a int, "B b" text) LANGUAGE sql RETURN (n, 'x');
CREATE PROCEDURE work(INOUT n int, VARIADIC list int[] DEFAULT '{}') BEGIN ATOMIC UPDATE t SET id = id WHERE id = n; SELECT n + 1; END;
CREATE VIEW uses AS SELECT short('a'), (atomic(1)) AS m;
CREATE FUNCTION uses_view() RETURNS bigint BEGIN ATOMIC SELECT count(*) FROM uses; END;
INSERT INTO t VALUES (1, 'open');
