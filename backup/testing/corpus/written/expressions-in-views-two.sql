CREATE TABLE t (a varchar(9), i int, s text);
CREATE VIEW v AS SELECT i, sum(i) FILTER (WHERE a IN ('x', 'y')) AS s, array_agg(DISTINCT a ORDER BY a DESC NULLS LAST) AS g, mode() WITHIN GROUP (ORDER BY a) AS m, count(DISTINCT (a, i)) AS cd, rank('x') WITHIN GROUP (ORDER BY a) AS hyp FROM t GROUP BY DISTINCT ROLLUP (i), CUBE (i) HAVING bool_and(a LIKE 'x%') ORDER BY i USING > LIMIT ALL;
CREATE VIEW w AS SELECT DISTINCT ON (a) a, first_value(i) OVER (PARTITION BY a ORDER BY i RANGE BETWEEN 1 PRECEDING AND UNBOUNDED FOLLOWING) AS f, ntile(4) OVER (ORDER BY s GROUPS BETWEEN CURRENT ROW AND 2 FOLLOWING) AS n FROM t ORDER BY a, i DESC;
CREATE VIEW x AS SELECT * FROM (VALUES ('a'::varchar, 1), ('b', NULL)) AS vals ("Col A", b) WHERE "Col A" IN ('a', 'c') UNION ALL SELECT a, i FROM t;
CREATE VIEW locked AS SELECT a FROM t FOR UPDATE OF t SKIP LOCKED;
CREATE VIEW y AS TABLE t; CREATE VIEW z AS SELECT t.a AS "t.a", t.*::text AS whole, (t).i AS field, now() - '1 day'::interval AS yesterday, 'x'::varchar(3) COLLATE "C" AS col, U&'\0061' AS u, B'1' AS bit, 1.0e10 AS e, 9223372036854775808 AS big, '{1,2}'::int[] AS arr FROM t;
INSERT INTO t VALUES ('x', 1, 's');
