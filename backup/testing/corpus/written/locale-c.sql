-- database: LC_COLLATE 'POSIX' LC_CTYPE 'C.utf8' ENCODING 'UTF8'
CREATE TABLE t (name text CHECK (name < 'b' OR name ~ '[[:alpha:]]')); INSERT INTO t VALUES ('Ä'), ('a');
