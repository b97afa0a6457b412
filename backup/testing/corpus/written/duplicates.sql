-- The order of equal rows is nobody's, their number is.
CREATE TABLE t (a int, b text); INSERT INTO t SELECT g % 2, 'x' FROM generate_series(1, 100) g; UPDATE t SET a = a WHERE a = 1; DELETE FROM t WHERE ctid IN (SELECT ctid FROM t LIMIT 5);
CREATE TABLE u (LIKE t INCLUDING ALL); INSERT INTO u SELECT * FROM t ORDER BY random();
