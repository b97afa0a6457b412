CREATE FUNCTION is_ok(varchar) RETURNS bool LANGUAGE sql IMMUTABLE AS $$ SELECT $1 IN ('a', 'b') $$;
CREATE FUNCTION in_table(int) RETURNS bool LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN EXISTS (SELECT 1 FROM public.known WHERE id = $1); END $$;
CREATE TABLE known (id int PRIMARY KEY); INSERT INTO known VALUES (1);
CREATE TABLE t (a varchar CHECK (is_ok(a)), b text CHECK (is_ok(b)), c text DEFAULT 'b' CHECK (public.is_ok(c::varchar(3)) OR c IN ('x'::varchar, 'y'::text)), d "char" CHECK (d IN ('a', 'b')), e name CHECK (e IN ('a', 'b')), f bpchar CHECK (f IN ('a', 'b')));
INSERT INTO t VALUES ('a', 'b', 'b', 'a', 'b', 'a');
CREATE INDEX ON t (is_ok(a)) WHERE is_ok(b); CREATE STATISTICS st ON (is_ok(a)), b FROM t;
