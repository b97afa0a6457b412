CREATE COLLATION german (provider = icu, locale = 'de-u-co-phonebk'); CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE COLLATION "From C" FROM "C"; CREATE COLLATION posix (provider = libc, lc_collate = 'POSIX', lc_ctype = 'C');
CREATE TABLE t (a text COLLATE german, b varchar(9) COLLATE ci UNIQUE, c text COLLATE "From C" CHECK (c COLLATE "C" IN ('a', 'b')), d text COLLATE "en-x-icu", e text[] COLLATE posix);
CREATE INDEX ON t (a COLLATE "C", (b || c) COLLATE german DESC);
CREATE VIEW v AS SELECT max(a COLLATE ci) AS m, b < 'x' COLLATE "C" AS l FROM t GROUP BY b;
CREATE DOMAIN dd AS text COLLATE ci; COMMENT ON COLLATION ci IS 'any case';
INSERT INTO t (a, b, c) VALUES ('ä', 'Ab', 'a');
