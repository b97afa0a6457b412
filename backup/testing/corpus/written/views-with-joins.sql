CREATE TABLE a (id int PRIMARY KEY, name text, shared int);
CREATE TABLE b (id int PRIMARY KEY, name text, shared int, other text);
CREATE VIEW by_using AS SELECT id, shared, a.name, b.name AS b_name, other FROM a JOIN b USING (id, shared);
CREATE VIEW by_alias AS SELECT j.id, x.name AS left_name, y.other FROM (a x JOIN b y USING (id)) AS j JOIN a x ON x.id = j.id JOIN b y ON y.id = x.id;
CREATE VIEW by_using_alias AS SELECT u.id FROM a LEFT JOIN b USING (id) AS u;
CREATE VIEW natural_join AS SELECT * FROM a NATURAL FULL JOIN b;
CREATE VIEW renamed_columns (one, two) AS SELECT t.x, t.y FROM (VALUES (1, 'a'), (2, 'b')) AS t (x, y);
CREATE VIEW cross_join AS SELECT a1.id FROM a a1, a a2 CROSS JOIN LATERAL (SELECT count(*) AS n FROM b WHERE b.id = a2.id) l WHERE l.n > 0;
INSERT INTO a VALUES (1, 'a', 2); INSERT INTO b VALUES (1, 'a', 2, 'o');
