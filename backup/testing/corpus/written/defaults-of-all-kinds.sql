CREATE SEQUENCE s; CREATE TYPE e AS ENUM ('a', 'b');
CREATE FUNCTION next_code(prefix text DEFAULT 'x') RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT prefix || 1 $$;
CREATE TABLE t (
  a timestamptz DEFAULT (now() AT TIME ZONE 'UTC') + interval '1 day', b date DEFAULT CURRENT_DATE, c time DEFAULT LOCALTIME(2), d text DEFAULT CURRENT_USER || '@' || SESSION_USER, e e DEFAULT 'a',
  f e[] DEFAULT '{a,b}', g numeric DEFAULT -1.50, h text DEFAULT next_code(), i bigint DEFAULT nextval('s') % 10, j interval DEFAULT '1 year 2 mons -3 days 04:05:06.789', k bool DEFAULT (NOT false), l float4 DEFAULT 'Infinity',
  m text DEFAULT E'back\\slash\ttab', n bytea DEFAULT '\xdeadbeef', o int DEFAULT (1 + 2) * 3, p varchar DEFAULT NULL::varchar, q text DEFAULT upper('x'::varchar), r bit varying DEFAULT B'101', s money DEFAULT 12.5, t uuid DEFAULT gen_random_uuid(),
  u timestamp DEFAULT '2020-02-30 00:00'::text::timestamp - interval '1s', v int DEFAULT CASE WHEN true THEN 1 ELSE 2 END, w regclass DEFAULT 's'::regclass, x regproc DEFAULT 'pg_catalog.now'::regproc, y "char" DEFAULT 'x', z name DEFAULT 'n', aa oid DEFAULT 1, ab tid, ac pg_lsn DEFAULT '0/16B3748', ad macaddr8 DEFAULT '08:00:2b:01:02:03:04:05');
ALTER TABLE t ALTER u DROP DEFAULT; INSERT INTO t (a) VALUES ('2020-01-01'); INSERT INTO t (b) SELECT NULL;
