CREATE TYPE code AS ENUM ('one', 'two'); CREATE TYPE wrapped AS (n int);
CREATE FUNCTION code_of(int) RETURNS code LANGUAGE sql IMMUTABLE AS $$ SELECT CASE $1 WHEN 1 THEN 'one' ELSE 'two' END::public.code $$;
CREATE FUNCTION wrap(text, int, bool) RETURNS wrapped LANGUAGE sql IMMUTABLE RETURN ROW(length($1))::wrapped;
CREATE CAST (int AS code) WITH FUNCTION code_of(int) AS IMPLICIT; CREATE CAST (text AS wrapped) WITH FUNCTION wrap(text, int, bool) AS ASSIGNMENT; CREATE CAST (code AS varchar) WITH INOUT AS ASSIGNMENT;
CREATE TABLE t (c code DEFAULT 1, w wrapped, CHECK (c <> 2::code)); INSERT INTO t (w) VALUES ('abc'::text::wrapped);
CREATE CONVERSION conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8; CREATE DEFAULT CONVERSION "Conv; 2" FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;
COMMENT ON CAST (int AS code) IS 'c'; COMMENT ON CONVERSION conv IS 'v';
