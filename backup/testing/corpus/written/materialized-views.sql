CREATE TABLE t (id int, status varchar(9)); INSERT INTO t VALUES (1, 'open'), (2, 'paid');
CREATE MATERIALIZED VIEW one AS SELECT id FROM t WHERE status IN ('open', 'paid');
CREATE MATERIALIZED VIEW two AS SELECT max(id) AS m FROM one;
CREATE VIEW between_them AS SELECT m + 1 AS m FROM two;
CREATE MATERIALIZED VIEW three WITH (fillfactor = 50) AS SELECT * FROM between_them;
CREATE MATERIALIZED VIEW empty AS SELECT * FROM three WITH NO DATA;
CREATE MATERIALIZED VIEW a_first AS SELECT count(*) AS n FROM empty WITH NO DATA;
CREATE UNIQUE INDEX ON one (id); CREATE INDEX ON empty (m);
ALTER MATERIALIZED VIEW one ALTER COLUMN id SET STATISTICS 7;
-- What they hold is older than what they are made of.
INSERT INTO t VALUES (3, 'open');
