CREATE TABLE made (
  a int, b int, first text, last varchar(20),
  total int GENERATED ALWAYS AS (a + b * 2) STORED,
  who text GENERATED ALWAYS AS (first || ' ' || (last)::text) STORED,
  kind varchar GENERATED ALWAYS AS (CASE WHEN a IN (1, 2) THEN 'low' ELSE 'high' END) STORED,
  words tsvector GENERATED ALWAYS AS (to_tsvector('english'::regconfig, coalesce(first, ''))) STORED);
CREATE INDEX ON made USING gin (words);
CREATE INDEX ON made (total) WHERE total > 5;
INSERT INTO made (a, b, first, last) SELECT g, g, 'first ' || g, 'last' FROM generate_series(1, 20) g;
CREATE TABLE made_too (LIKE made INCLUDING ALL);
INSERT INTO made_too (a) VALUES (1);
