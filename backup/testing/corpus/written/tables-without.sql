CREATE TABLE no_columns (); INSERT INTO no_columns DEFAULT VALUES; INSERT INTO no_columns DEFAULT VALUES;
CREATE TABLE no_rows (a int PRIMARY KEY); CREATE TABLE only_generated (a int GENERATED ALWAYS AS (1) STORED); INSERT INTO only_generated DEFAULT VALUES;
CREATE SCHEMA no_tables; CREATE VIEW no_columns_view AS SELECT; CREATE TABLE no_columns_child () INHERITS (no_columns); INSERT INTO no_columns_child DEFAULT VALUES;
CREATE MATERIALIZED VIEW no_columns_kept AS SELECT FROM no_columns;
