CREATE FUNCTION shop.twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT n * 2';
CREATE FUNCTION shop.slug(title text, length int DEFAULT 20) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 7
  BEGIN ATOMIC SELECT left(lower(title), length); END;
COMMENT ON FUNCTION shop.slug(text, int) IS 'short and low';
CREATE FUNCTION shop.slug(n int) RETURNS text LANGUAGE sql STABLE RETURN n::text;
CREATE FUNCTION shop.whoami() RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET work_mem = '8MB'
  AS $$ BEGIN RETURN current_user; END $$;
REVOKE EXECUTE ON FUNCTION shop.whoami() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shop.whoami() TO acci_app;
CREATE FUNCTION shop.total(VARIADIC parts numeric[]) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT sum(p) FROM unnest(parts) p';
CREATE FUNCTION shop.numbers(n int) RETURNS SETOF int LANGUAGE sql ROWS 7 AS 'SELECT generate_series(1, n)';
CREATE FUNCTION shop.both(IN a int, OUT b int, OUT c text) LANGUAGE sql AS 'SELECT a, a::text';
CREATE PROCEDURE ops.tidy(older interval DEFAULT '1 day') LANGUAGE plpgsql AS $$ BEGIN PERFORM older; END $$;
CREATE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE FUNCTION shop.count_new() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM count(*) FROM added; RETURN NULL; END $$;

CREATE FUNCTION shop.longer(state text, next text) RETURNS text LANGUAGE sql IMMUTABLE
  AS $$ SELECT CASE WHEN length(next) > length(coalesce(state, '')) THEN next ELSE state END $$;
CREATE AGGREGATE shop.longest(text) (SFUNC = shop.longer, STYPE = text, INITCOND = '');
COMMENT ON AGGREGATE shop.longest(text) IS 'the longest word';

CREATE FUNCTION shop.near(a shop.address, b shop.address) RETURNS boolean LANGUAGE sql IMMUTABLE
  RETURN (a).zip = (b).zip;
CREATE OPERATOR shop.=~= (LEFTARG = shop.address, RIGHTARG = shop.address, FUNCTION = shop.near, COMMUTATOR = OPERATOR(shop.=~=), RESTRICT = eqsel);
COMMENT ON OPERATOR shop.=~= (shop.address, shop.address) IS 'the same place, about';

CREATE FUNCTION shop.address_of(zip int) RETURNS shop.address LANGUAGE sql IMMUTABLE RETURN ROW(NULL, NULL, zip)::shop.address;
CREATE CAST (int AS shop.address) WITH FUNCTION shop.address_of(int) AS ASSIGNMENT;
CREATE CAST (shop.address AS text) WITH INOUT;
COMMENT ON CAST (int AS shop.address) IS 'by zip alone';

CREATE COLLATION shop.german (provider = icu, locale = 'de-u-co-phonebk');
CREATE COLLATION shop.whatever_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
COMMENT ON COLLATION shop.german IS 'as in a phone book';
CREATE CONVERSION shop.to_utf8 FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;

ALTER FUNCTION shop.numbers(int) OWNER TO acci;
