CREATE TABLE t (id int PRIMARY KEY, status varchar(9), n int); CREATE TABLE u (id int PRIMARY KEY); CREATE TABLE p (id int) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
CREATE PUBLICATION filtered FOR TABLE t (id, status) WHERE (n BETWEEN 1 AND 5 AND id > 0 AND status IS NOT NULL), ONLY u WITH (publish = 'insert, truncate');
CREATE PUBLICATION rooted FOR TABLE p WITH (publish_via_partition_root);
CREATE PUBLICATION "of; nothing";
ALTER TABLE t REPLICA IDENTITY FULL;
COMMENT ON PUBLICATION rooted IS 'from the root';
INSERT INTO t VALUES (1, 'open', 2);
