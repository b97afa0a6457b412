-- database: ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'
CREATE TABLE "größe" (id int, "straße" varchar(20) CHECK ("straße" IN ('weiß', 'grün')), note text);
INSERT INTO "größe" VALUES (1, 'weiß', 'ÿ é');
CREATE TYPE "färbe" AS ENUM ('rötlich', 'bläulich'); COMMENT ON TYPE "färbe" IS 'für Farben';
CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT 'ö'::text $$;
CREATE INDEX ON "größe" (note) WHERE note <> 'ä';
