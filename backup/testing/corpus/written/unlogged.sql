CREATE UNLOGGED TABLE u (id serial PRIMARY KEY, n bigint GENERATED ALWAYS AS IDENTITY, v text);
CREATE UNLOGGED TABLE v (id int REFERENCES u, w text);
INSERT INTO u (v) VALUES ('a'), ('b'); INSERT INTO v VALUES (1, 'x');
CREATE TABLE logged (id serial, v text); INSERT INTO logged (v) VALUES ('kept');
CREATE UNLOGGED SEQUENCE s; SELECT nextval('s');
CREATE MATERIALIZED VIEW of_unlogged AS SELECT count(*) AS n FROM logged;
CREATE UNLOGGED TABLE toggled (id serial); ALTER TABLE toggled SET LOGGED; INSERT INTO toggled DEFAULT VALUES;
