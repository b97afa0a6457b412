CREATE TABLE t (id int, n int);
CREATE INDEX broken ON t (n);
CREATE INDEX whole ON t (id);
CREATE TABLE p (id int, n int) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE INDEX of_parent_only ON ONLY p (n);
INSERT INTO t VALUES (1, 1);
-- as superuser
-- As CREATE INDEX CONCURRENTLY leaves it when it fails.
UPDATE pg_catalog.pg_index SET indisvalid = false, indisready = false WHERE indexrelid = 'public.broken'::regclass;
