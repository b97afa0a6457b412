CREATE TABLE t (a text, b bytea, c jsonb, d numeric) WITH (fillfactor = 55, autovacuum_vacuum_threshold = 7, toast_tuple_target = 256, parallel_workers = 0, toast.autovacuum_vacuum_cost_delay = 3, user_catalog_table = true, log_autovacuum_min_duration = 0, vacuum_truncate = false);
ALTER TABLE t ALTER a SET STORAGE EXTERNAL, ALTER b SET STORAGE MAIN, ALTER c SET STORAGE PLAIN, ALTER d SET STORAGE MAIN, ALTER a SET STATISTICS 0, ALTER b SET STATISTICS 10000, ALTER c SET (n_distinct = -0.5, n_distinct_inherited = 7);
ALTER TABLE t ALTER a SET COMPRESSION pglz, ALTER b SET COMPRESSION lz4;
ALTER TABLE t RESET (fillfactor); ALTER TABLE t SET (fillfactor = 10);
INSERT INTO t SELECT repeat('x', 5000), decode(repeat('00ff', 3000), 'hex'), '{"a": 1}', 1.50;
CREATE TABLE u (a int) USING heap; CREATE TEMPORARY TABLE gone (a int);
