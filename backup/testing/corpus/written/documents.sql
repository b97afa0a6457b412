CREATE TABLE t (id int, x xml, j json, b jsonb DEFAULT '{"a": [1, 2.50, "x\"y"]}', p jsonpath DEFAULT '$.a[*] ? (@ > 1 && @.type() == "x")', CHECK (b @? '$.a[*] ? (@ > 0)'), CHECK (jsonb_path_exists(b, '$.**{2 to 3}.c')) NOT VALID, CHECK (b #> '{a,0}' IS NOT NULL AND x IS DOCUMENT));
INSERT INTO t (id, x, j, b) VALUES (1, '<a b="c">d<!-- e --></a>', ' {"a" : 1 , "a":2}', '{"a": [1], "x": {"y": {"c": 1}}}');
CREATE VIEW v AS SELECT xmlelement(NAME "A b", xmlattributes(id AS i), xmlforest(id, j AS "J"), xmlcomment('c')) AS e, xmlserialize(CONTENT x AS text) AS s, xpath('/a', x) AS p, xmlpi(NAME php, 'x') AS pi, xmlroot(x, VERSION '1.0', STANDALONE YES) AS r FROM t;
CREATE VIEW tabled AS SELECT xt.* FROM t, XMLTABLE(XMLNAMESPACES('http://x' AS y), '/a' PASSING x COLUMNS n FOR ORDINALITY, v text PATH '.' DEFAULT 'none' NOT NULL) xt;
CREATE VIEW docs AS SELECT b['a'][0] AS sub, b - 'a' AS less, b ?| ARRAY['a', 'b'] AS any, jsonb_build_object('k', id, 'l', j) AS o FROM t;
CREATE INDEX ON t ((b ->> 'a')) WHERE b @> '{"a": [1]}';
