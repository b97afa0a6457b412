CREATE SCHEMA "S"; CREATE SCHEMA s;
CREATE TABLE "S".t (a int); CREATE TABLE s."T" (a int); CREATE TABLE s.t (a int); CREATE TABLE "S"."T" ("A" int, a int);
INSERT INTO "S".t VALUES (1); INSERT INTO s."T" VALUES (2), (2); INSERT INTO s.t VALUES (3), (3), (3);
CREATE TABLE "user" ("order" int, "table" text DEFAULT 'x', "check" int CHECK ("check" > 0)); INSERT INTO "user" VALUES (1);
CREATE VIEW "group" AS SELECT "order", "table" AS "limit" FROM "user" "where";
CREATE FUNCTION s."f"() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION s."F"() RETURNS int LANGUAGE sql AS 'SELECT 2';
