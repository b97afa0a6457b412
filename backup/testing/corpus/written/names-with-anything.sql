CREATE SCHEMA "odd schema; -- ""x""";
CREATE TABLE "odd schema; -- ""x"""."TABLE - x" ("col%umn" int PRIMARY KEY, "new
line" text DEFAULT 'it''s; -- "x"', "ünï" int CHECK ("ünï" > 0), "-- dash" int, "tab	" text);
INSERT INTO "odd schema; -- ""x"""."TABLE - x" VALUES (1, 'a', 2, 3, 'b');
CREATE TABLE " leading and trailing " (" " int, "a.b" text, "$1" int);
INSERT INTO " leading and trailing " VALUES (1, 'x', 2);
CREATE TABLE "COMMENT - EXTENSION x" (id serial, "EXTENSION" int);
CREATE VIEW "VIEW public x; DROP" AS SELECT "new
line" FROM "odd schema; -- ""x"""."TABLE - x";
CREATE FUNCTION "fn ""(); --
second line"(a int DEFAULT 1, "b c" text DEFAULT E'\n') RETURNS int LANGUAGE sql AS $_$ SELECT 1; -- TABLE - x $_$;
CREATE SEQUENCE "seq'uence";
SELECT nextval('"seq''uence"');
CREATE INDEX "1234; 0 0 TABLE public x acci" ON " leading and trailing " ("a.b");
CREATE TYPE "%s %I \n" AS ENUM ('%', '\', '''');
CREATE TABLE "ACL - SCHEMA public" ("x" "%s %I \n" DEFAULT '\');
GRANT SELECT ON "ACL - SCHEMA public" TO acci_app;
COMMENT ON TABLE " leading and trailing " IS E'--; DROP TABLE x;\n''"\\ 日本';
CREATE TRIGGER "tr; --" BEFORE UPDATE ON "COMMENT - EXTENSION x" FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
CREATE TABLE "日本語テーブル" ("列" text); INSERT INTO "日本語テーブル" VALUES ('値');
CREATE TABLE "a*b?c|d.e" (x int); INSERT INTO "a*b?c|d.e" VALUES (1);
CREATE TABLE "sixty-three characters long name of a table that is just so lon" (x int);
