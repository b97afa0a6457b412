-- database: ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'
CREATE TABLE bytes (id int, t text);
-- No valid UTF-8.
INSERT INTO bytes VALUES (1, convert_from('\xff', 'SQL_ASCII')), (2, 'plain'), (3, convert_from('\xe4f6', 'SQL_ASCII')), (4, 'ünï');
CREATE VIEW v AS SELECT t || 'x' AS tx FROM bytes;
