CREATE TYPE float_range AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = float8mi, MULTIRANGE_TYPE_NAME = float_ranges);
CREATE FUNCTION minutes(a time, b time) RETURNS float8 LANGUAGE sql STRICT IMMUTABLE AS 'SELECT extract(epoch FROM (a - b))::float8';
CREATE TYPE time_range AS RANGE (SUBTYPE = time, SUBTYPE_DIFF = minutes);
CREATE TYPE c_range AS RANGE (SUBTYPE = text, COLLATION = "C");
CREATE TABLE t (a int4range DEFAULT '[1,5)', b float_range, c float_ranges, d time_range, e datemultirange, f c_range[], CHECK (a <@ '[0,100)'::int4range AND NOT isempty(a)));
CREATE INDEX ON t USING gist (b, a);
ALTER TABLE t ADD EXCLUDE USING gist (a WITH &&, d WITH &&);
INSERT INTO t VALUES (DEFAULT, '[1.5,2.5]', '{[1,2],[3,4)}', '[10:00,11:00)', '{[2020-01-01,2020-02-01)}', ARRAY['[a,b]'::c_range]);
