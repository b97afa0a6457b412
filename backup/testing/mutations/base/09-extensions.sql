CREATE EXTENSION hstore SCHEMA ext;
CREATE EXTENSION pg_trgm SCHEMA ext VERSION '1.5';
CREATE EXTENSION btree_gist SCHEMA ext;
CREATE EXTENSION citext SCHEMA public;
CREATE TABLE ops.attributes (id int, h ext.hstore, c public.citext);
INSERT INTO ops.attributes VALUES (1, 'a=>1', 'Same');
CREATE INDEX attributes_by_c ON ops.attributes USING gin ((c::text) ext.gin_trgm_ops);
