CREATE TABLE lists (
  a int[] CHECK (a <> '{}' AND array_length(a, 1) < 5),
  b text[] DEFAULT ARRAY['x', 'y,z', '"', NULL] CHECK (b[1] = ANY (ARRAY['x', 'y'])),
  c numeric[][] DEFAULT '{{1,2},{3,4}}' CHECK (c[1:2][1] IS NOT NULL),
  d varchar(3)[] CHECK ('a' <> ALL (d)),
  e int CHECK (e = ANY ('{1,2,3}'::int[])),
  f varchar CHECK (f::text = ANY (ARRAY['p', 'q']::text[])),
  g varchar CHECK (f || g IN ('pq', 'qp')));
INSERT INTO lists VALUES ('{1}', DEFAULT, DEFAULT, '{b}', 1, 'p', 'q');
