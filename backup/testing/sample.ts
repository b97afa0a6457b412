/** A database with one of everything that a dump has to bring back, made by its owner. Nothing is qualified: the search path is set first. */
export const sample = `
SET search_path = public;
CREATE SCHEMA ops;
CREATE EXTENSION pgcrypto SCHEMA public;
CREATE TYPE mood AS ENUM ('calm', 'busy');
CREATE DOMAIN positive AS int CHECK (value > 0);
CREATE TABLE notes (
  id bigserial PRIMARY KEY, tenant uuid NOT NULL, title text, mood mood DEFAULT 'calm', weight positive,
  twice int GENERATED ALWAYS AS (weight * 2) STORED, price money DEFAULT 12.5, at timestamptz DEFAULT now(),
  ratio float8 DEFAULT random(), data bytea DEFAULT '\\x00ff', body jsonb DEFAULT '{"a": "x\\ny"}',
  status varchar(9) DEFAULT 'open' CHECK (status IN ('open', 'paid')));
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenants ON notes TO acci_app USING (tenant = current_setting('acci.tenant')::uuid);
GRANT SELECT, INSERT ON notes TO acci_app;
GRANT USAGE ON SEQUENCE notes_id_seq TO acci_app;
INSERT INTO notes (tenant, title, weight) SELECT gen_random_uuid(), E'two\\nlines\\tand \\\\. ' || g, g FROM generate_series(1, 1000) g;
ALTER TABLE notes FORCE ROW LEVEL SECURITY;
CREATE TABLE child (extra text) INHERITS (notes);
INSERT INTO child (tenant, title, weight, extra) VALUES (gen_random_uuid(), 'child', 1, 'x');
CREATE TABLE measured (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE measured_2020 PARTITION OF measured FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
INSERT INTO measured VALUES (1, '2020-05-05');
CREATE TABLE moods (mood mood) PARTITION BY HASH (mood);
CREATE TABLE moods_0 PARTITION OF moods FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE moods_1 PARTITION OF moods FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO moods SELECT 'calm' FROM generate_series(1, 10);
INSERT INTO moods SELECT 'busy' FROM generate_series(1, 20);
CREATE UNLOGGED TABLE visitors (n serial);
INSERT INTO visitors DEFAULT VALUES;
CREATE TABLE ops."We ird.*Na""me" ("Col umn" int PRIMARY KEY);
INSERT INTO ops."We ird.*Na""me" VALUES (1);
CREATE TABLE refers (id int REFERENCES ops."We ird.*Na""me");
INSERT INTO refers VALUES (1);
CREATE TABLE nothing ();
INSERT INTO nothing DEFAULT VALUES;
CREATE VIEW titles AS SELECT title FROM notes;
CREATE MATERIALIZED VIEW over AS SELECT count(*) AS n FROM measured;
CREATE MATERIALIZED VIEW counted AS SELECT n FROM over;
CREATE INDEX ON notes (title);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE TRIGGER touched BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION touch();
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO acci_app;
ALTER TABLE notes ALTER COLUMN title SET STATISTICS 500;
SELECT lo_from_bytea(4711, repeat('large', 1000)::bytea);
`;
