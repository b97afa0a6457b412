export interface Unrestorable {
  /** What the refusal must name. */
  readonly names: RegExp;
  /** Of the database's owner, and then of a superuser. */
  readonly sql?: string;
  readonly superuser?: string;
  /** Of a superuser before there is the database, one by one. */
  readonly server?: readonly string[];
}

/** In the database of the session, whatever its name. */
const database = (statement: string) =>
  `DO $do$ BEGIN EXECUTE format($f$${statement}$f$, current_database()); END $do$`;

/** Finds its neighbour by the search path, which is empty in a restore. */
const LOST = `
  CREATE FUNCTION plain(t text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower(t)';
  CREATE FUNCTION slug(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN plain(t); END';`;

/** What a role without superuser cannot bring back, or what pg_dump leaves out. */
export const unrestorable: Readonly<Record<string, Unrestorable>> = {
  "a subscription": {
    superuser:
      "CREATE SUBSCRIPTION from_afar CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE)",
    names: /subscription.*from_afar/,
  },
  "a column that need not have a value, as its parent's must": {
    sql: "CREATE TABLE elder (n int NOT NULL); CREATE TABLE younger () INHERITS (elder); ALTER TABLE younger ALTER n DROP NOT NULL",
    names: /column public\.younger\.n, of acci/,
  },
  "a user mapping": {
    superuser:
      "CREATE FOREIGN DATA WRAPPER wrapper; CREATE SERVER elsewhere FOREIGN DATA WRAPPER wrapper; CREATE USER MAPPING FOR acci SERVER elsewhere OPTIONS (password 'x')",
    names: /(user mapping|USER MAPPING).*elsewhere/,
  },
  "a foreign data wrapper": { superuser: "CREATE FOREIGN DATA WRAPPER wrapper", names: /wrapper/ },
  "a table of a superuser": { superuser: "CREATE TABLE admins (a int)", names: /admins[^]*postgres/ },
  "a schema of a superuser": { superuser: "CREATE SCHEMA secret", names: /secret[^]*postgres/ },
  "a function of a superuser": {
    superuser: "CREATE FUNCTION public.of_admins() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    names: /of_admins[^]*postgres/,
  },
  "a large object of a superuser": { superuser: "SELECT lo_from_bytea(77, 'x')", names: /77[^]*postgres/ },
  "an event trigger": {
    superuser:
      "CREATE FUNCTION public.watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; ALTER FUNCTION public.watch() OWNER TO acci; " +
      "CREATE EVENT TRIGGER watch_ddl ON ddl_command_end EXECUTE FUNCTION public.watch()",
    names: /watch_ddl/,
  },
  "an index by a function without a search path": {
    sql: `${LOST} CREATE TABLE t (a text); INSERT INTO t VALUES ('x'); CREATE INDEX by_slug ON t (slug(a));`,
    names: /by_slug/,
  },
  "a check by a function without a search path": {
    sql: `${LOST} CREATE TABLE checked (a text CHECK (slug(a) <> '')); INSERT INTO checked VALUES ('x');`,
    names: /checked/,
  },
  "a generated column by a function without a search path": {
    sql: `${LOST} CREATE TABLE made (a text, b text GENERATED ALWAYS AS (slug(a)) STORED); INSERT INTO made VALUES ('x');`,
    names: /made/,
  },
  "a materialized view by a function without a search path": {
    sql: `CREATE TABLE t (a int); CREATE FUNCTION counted() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT count(*) FROM t); END'; CREATE MATERIALIZED VIEW kept AS SELECT counted() AS n;`,
    names: /kept/,
  },
  "rows that their check no longer lets in": {
    sql: `CREATE FUNCTION allowed(int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT true'; CREATE TABLE old (a int CHECK (allowed(a))); INSERT INTO old VALUES (1);
      CREATE OR REPLACE FUNCTION allowed(int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT false';`,
    names: /old/,
  },
  "a reference to nothing": {
    sql: "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a int CONSTRAINT to_a REFERENCES a);",
    superuser:
      "SET session_replication_role = replica; INSERT INTO b VALUES (7); SET session_replication_role = origin",
    names: /to_a/,
  },
  "a tablespace": {
    server: [
      "SET allow_in_place_tablespaces = on",
      "CREATE TABLESPACE fast LOCATION ''",
      "GRANT CREATE ON TABLESPACE fast TO acci",
    ],
    sql: "CREATE TABLE quick (a int) TABLESPACE fast",
    names: /quick[^]*fast|fast[^]*quick/,
  },
  "a table that is a member of an extension": {
    sql: "CREATE EXTENSION hstore; CREATE TABLE adopted (a int); INSERT INTO adopted VALUES (1);",
    superuser: "ALTER EXTENSION hstore ADD TABLE adopted",
    names: /adopted/,
  },
  "an extension that only a superuser may make": { superuser: "CREATE EXTENSION pageinspect", names: /pageinspect/ },
  "a publication of all tables": {
    superuser: "CREATE PUBLICATION everything FOR ALL TABLES; ALTER PUBLICATION everything OWNER TO postgres",
    names: /everything/,
  },
  "a publication of a schema": {
    superuser: "CREATE PUBLICATION of_schema FOR TABLES IN SCHEMA public",
    names: /of_schema/,
  },
  "a language": { superuser: "CREATE TRUSTED LANGUAGE plx HANDLER plpgsql_call_handler", names: /plx/ },
  "a function in C": {
    superuser:
      "CREATE FUNCTION public.quick_gcd(int, int) RETURNS int LANGUAGE internal AS 'int4gcd'; ALTER FUNCTION public.quick_gcd(int, int) OWNER TO acci",
    names: /quick_gcd/,
  },
  "a leakproof function": {
    sql: "CREATE FUNCTION tight(int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    superuser: "ALTER FUNCTION tight(int) LEAKPROOF",
    names: /tight/,
  },
  "a function that sets what only a superuser may": {
    sql: "CREATE FUNCTION loud() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    superuser: "ALTER FUNCTION loud() SET log_statement = 'all'",
    names: /loud|log_statement/,
  },
  "an operator class": {
    superuser:
      "CREATE OPERATOR CLASS public.own_ops FOR TYPE int USING hash AS OPERATOR 1 =, FUNCTION 1 hashint4(int); ALTER OPERATOR CLASS public.own_ops USING hash OWNER TO acci; " +
      "ALTER OPERATOR FAMILY public.own_ops USING hash OWNER TO acci",
    names: /own_ops/,
  },
  "a base type": {
    superuser:
      "CREATE TYPE public.raw; CREATE FUNCTION public.raw_in(cstring) RETURNS public.raw LANGUAGE internal IMMUTABLE STRICT AS 'textin'; " +
      "CREATE FUNCTION public.raw_out(public.raw) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout'; CREATE TYPE public.raw (INPUT = public.raw_in, OUTPUT = public.raw_out)",
    names: /raw/,
  },
  "a text search template": {
    superuser: "CREATE TEXT SEARCH TEMPLATE public.own_template (LEXIZE = dsimple_lexize)",
    names: /own_template/,
  },
  "an access method": { superuser: "CREATE ACCESS METHOD pile TYPE TABLE HANDLER heap_tableam_handler", names: /pile/ },
  "a cast between types of the server": {
    superuser: "CREATE CAST (text AS bytea) WITHOUT FUNCTION",
    names: /text AS bytea/,
  },
  "a right that somebody else granted": {
    sql: "CREATE TABLE shared (a int); GRANT SELECT ON shared TO acci_app WITH GRANT OPTION",
    superuser:
      "GRANT USAGE ON SCHEMA public TO acci_app; SET ROLE acci_app; GRANT SELECT ON shared TO acci_backup; RESET ROLE",
    names: /shared/,
  },
  "a right on a function of the server": {
    superuser: "REVOKE EXECUTE ON FUNCTION pg_catalog.pg_sleep(float8) FROM PUBLIC",
    names: /pg_sleep/,
  },
  "a right on a language": {
    superuser: "REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC; GRANT USAGE ON LANGUAGE plpgsql TO acci",
    names: /plpgsql/,
  },
  "default privileges of a superuser": {
    superuser: "ALTER DEFAULT PRIVILEGES FOR ROLE postgres GRANT SELECT ON TABLES TO acci_app",
    names: /postgres/,
  },
  "a setting of the database that only a superuser may make": {
    superuser: database("ALTER DATABASE %I SET log_statement = 'all'"),
    names: /log_statement/,
  },
  "a setting of a superuser in the database": {
    superuser: database("ALTER ROLE postgres IN DATABASE %I SET work_mem = '1GB'"),
    names: /postgres/,
  },
  "what belongs to a role that the stack does not make": {
    server: ["CREATE ROLE stranger"],
    superuser: "CREATE TABLE strange (a int); ALTER TABLE strange OWNER TO stranger",
    names: /stranger/,
  },
  "a right of a role that the stack does not make": {
    server: ["CREATE ROLE guest"],
    sql: "CREATE TABLE t (a int); GRANT SELECT ON t TO guest",
    names: /guest/,
  },
  "a policy for a role that the stack does not make": {
    server: ["CREATE ROLE visitor"],
    sql: "CREATE TABLE t (a int); CREATE POLICY p ON t TO visitor USING (true)",
    names: /visitor/,
  },
};
