-- database: LOCALE_PROVIDER icu ICU_LOCALE 'de-u-co-phonebk' LOCALE 'C.utf8' ENCODING 'UTF8'
CREATE TABLE t (name text PRIMARY KEY, other text COLLATE "C"); INSERT INTO t VALUES ('Ärger'), ('Afrika'), ('Zoo');
CREATE INDEX ON t (other COLLATE "default");
CREATE TABLE p (name text) PARTITION BY RANGE (name); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('A') TO ('Ä'); CREATE TABLE p2 PARTITION OF p FOR VALUES FROM ('Ä') TO ('Zz');
INSERT INTO p VALUES ('Abend'), ('Öl');
