DROP SCHEMA public;
CREATE SCHEMA app; CREATE TABLE app.t (id serial, status varchar CHECK (status IN ('a', 'b'))); INSERT INTO app.t (status) VALUES ('a');
CREATE SCHEMA extensions; CREATE EXTENSION citext SCHEMA extensions;
