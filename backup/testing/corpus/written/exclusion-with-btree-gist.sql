CREATE SCHEMA ext; CREATE EXTENSION btree_gist SCHEMA ext;
CREATE TABLE rooms (
  room int, kind varchar(9), during tstzrange, cancelled bool DEFAULT false,
  CONSTRAINT no_overlap EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (NOT cancelled AND kind IN ('a', 'b')) DEFERRABLE INITIALLY DEFERRED,
  EXCLUDE USING gist (room WITH <>, (lower(during)) WITH =) INCLUDE (cancelled),
  EXCLUDE USING btree (room WITH =, kind WITH =, during WITH =));
INSERT INTO rooms VALUES (1, 'a', '[2020-01-01,2020-01-02)');
