CREATE SCHEMA o;
CREATE TYPE o.vec AS (x float8, y float8);
CREATE FUNCTION o.add(a o.vec, b o.vec) RETURNS o.vec LANGUAGE sql IMMUTABLE AS $$ SELECT ROW((a).x + (b).x, (a).y + (b).y)::o.vec $$;
CREATE FUNCTION o.same(a o.vec, b o.vec) RETURNS bool LANGUAGE sql IMMUTABLE RETURN (a).x = (b).x AND (a).y = (b).y;
CREATE FUNCTION o.other(a o.vec, b o.vec) RETURNS bool LANGUAGE sql IMMUTABLE RETURN NOT o.same(a, b);
CREATE FUNCTION o.minus(a o.vec) RETURNS o.vec LANGUAGE sql IMMUTABLE RETURN ROW(-(a).x, -(a).y)::o.vec;
CREATE OPERATOR o.+ (LEFTARG = o.vec, RIGHTARG = o.vec, FUNCTION = o.add, COMMUTATOR = OPERATOR(o.+));
CREATE OPERATOR o.=== (LEFTARG = o.vec, RIGHTARG = o.vec, FUNCTION = o.same, COMMUTATOR = OPERATOR(o.===), NEGATOR = OPERATOR(o.!==), RESTRICT = eqsel, JOIN = eqjoinsel);
CREATE OPERATOR o.!== (LEFTARG = o.vec, RIGHTARG = o.vec, FUNCTION = o.other, NEGATOR = OPERATOR(o.===));
CREATE OPERATOR o.- (RIGHTARG = o.vec, FUNCTION = o.minus);
COMMENT ON OPERATOR o.+ (o.vec, o.vec) IS 'sum';
CREATE FUNCTION o.later(a o.vec, b o.vec) RETURNS bool LANGUAGE sql AS 'SELECT true';
-- Its commutator is a shell for a while.
CREATE OPERATOR o.<<< (LEFTARG = o.vec, RIGHTARG = o.vec, FUNCTION = o.later, COMMUTATOR = OPERATOR(o.>>>));
CREATE OPERATOR o.>>> (LEFTARG = o.vec, RIGHTARG = o.vec, FUNCTION = o.later, COMMUTATOR = OPERATOR(o.<<<));
CREATE AGGREGATE o.total(o.vec) (SFUNC = o.add, STYPE = o.vec, INITCOND = '(0,0)', COMBINEFUNC = o.add, PARALLEL = SAFE);
CREATE VIEW o.uses AS SELECT ROW(1, 2)::o.vec OPERATOR(o.+) ROW(3, 4)::o.vec AS s, OPERATOR(o.-) ROW(1, 1)::o.vec AS m;
CREATE TABLE o.t (v o.vec CHECK (v OPERATOR(o.!==) ROW(0, 0)::o.vec)); INSERT INTO o.t VALUES (ROW(1, 2));
