CREATE TABLE sales (region text, day date, amount numeric(10, 2));
CREATE VIEW ranked AS
  SELECT region, day, sum(amount) OVER w AS running, rank() OVER (w ROWS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE TIES),
    lag(amount, 2, 0) OVER (PARTITION BY region ORDER BY day DESC NULLS LAST),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) AS median, string_agg(DISTINCT region, ',' ORDER BY region) FILTER (WHERE amount > 0)
  FROM sales GROUP BY GROUPING SETS ((region, day, amount), ROLLUP (region)) HAVING count(*) > 0 WINDOW w AS (PARTITION BY region ORDER BY day);
CREATE VIEW counted AS SELECT count(*) FILTER (WHERE amount IN (1, 2)), grouping(region) FROM sales GROUP BY CUBE (region, day);
INSERT INTO sales VALUES ('n', '2020-01-01', 1), ('n', '2020-01-02', 2);
