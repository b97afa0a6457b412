CREATE TABLE measures (
  n int CHECK (n BETWEEN 1 AND 10),
  t text CHECK (t::int > 0 AND length(t) BETWEEN 1 AND 5),
  at timestamptz CHECK (at > '2000-01-01'::timestamptz),
  span interval CHECK (span <= interval '1 day 02:03:04' AND span > '-1 mon'::interval),
  d date CHECK (d - interval '1 year' < now()),
  f float8 CHECK (f <> 'NaN' AND f < 1e300 AND -f < 1.5),
  money numeric(10, 2) CHECK (money::text ~ '^\d+\.\d\d$' OR money < 0),
  bits bit(4) CHECK (bits & B'1000' = B'1000'),
  ip inet CHECK (ip << '10.0.0.0/8'::inet),
  b bytea CHECK (b <> '\x00ff'::bytea AND octet_length(b) < 10),
  CHECK (n IS DISTINCT FROM 7 AND (t IS NULL) IS NOT TRUE),
  CHECK ((n, t) <> (1, '2')),
  CHECK (CASE WHEN n > 5 THEN t ~* 'x$' ELSE t !~~ 'y' END OR coalesce(n, 0) = nullif(1, 2) OR greatest(n, 1, 2) > least(3, n)));
INSERT INTO measures (n, t) VALUES (6, '12') ON CONFLICT DO NOTHING;
SET intervalstyle = postgres_verbose;
ALTER TABLE measures ALTER COLUMN span SET DEFAULT '3 days 4 hours';
