CREATE TABLE t (a int, b int, c varchar(9), d timestamptz);
CREATE STATISTICS s1 (dependencies) ON a, b FROM t;
CREATE STATISTICS s2 (mcv, ndistinct) ON (a + b), c, (date_trunc('day', d AT TIME ZONE 'UTC')) FROM t;
CREATE STATISTICS s3 ON (c IN ('x', 'y')) FROM t;
CREATE STATISTICS "S; 4" ON a, b, c FROM t; ALTER STATISTICS "S; 4" SET STATISTICS 0;
COMMENT ON STATISTICS s1 IS 'one';
INSERT INTO t SELECT g % 3, g % 3, 'x' FROM generate_series(1, 100) g;
