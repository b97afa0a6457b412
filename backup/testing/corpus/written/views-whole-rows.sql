CREATE TABLE things (id int PRIMARY KEY, name text, size int);
CREATE VIEW json AS SELECT to_jsonb(t) AS doc, row_to_json(t.*) AS text, t AS row FROM things t;
CREATE VIEW fields AS SELECT (row).name, (j.doc ->> 'id')::int AS id, j.doc #>> '{a,b}' AS deep FROM json j;
CREATE VIEW counted AS SELECT count(t), count(t.*) AS n FROM things t;
CREATE VIEW functions AS SELECT x, o FROM ROWS FROM (generate_series(1, 3), unnest(ARRAY['a', 'b'])) WITH ORDINALITY AS f (x, y, o);
CREATE VIEW sampled AS SELECT id FROM things TABLESAMPLE system (50) REPEATABLE (7);
INSERT INTO things VALUES (1, 'a', 2);
