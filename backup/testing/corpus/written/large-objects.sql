CREATE TABLE files (id int, data oid, name text);
SELECT lo_from_bytea(1001, 'small'), lo_from_bytea(1002, ''), lo_create(1003), lo_from_bytea(1004, decode(repeat('deadbeef', 2048), 'hex'));
SELECT lo_create(1005); SELECT lo_put(1005, 1000000, 'far away');
INSERT INTO files VALUES (1, 1001, 'a'), (2, 1004, 'b');
COMMENT ON LARGE OBJECT 1001 IS 'small; one'; GRANT SELECT, UPDATE ON LARGE OBJECT 1002 TO acci_app WITH GRANT OPTION; GRANT SELECT ON LARGE OBJECT 1004 TO PUBLIC;
CREATE EXTENSION lo; CREATE TRIGGER managed BEFORE UPDATE OR DELETE ON files FOR EACH ROW EXECUTE FUNCTION lo_manage(data);
-- as superuser
ALTER LARGE OBJECT 1003 OWNER TO acci_app;
