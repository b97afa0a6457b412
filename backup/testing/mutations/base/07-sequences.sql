CREATE SEQUENCE ops.tickets AS int START 5 INCREMENT 5 MINVALUE 5 MAXVALUE 5000 CACHE 3 CYCLE;
CREATE SEQUENCE ops.down INCREMENT -1;
CREATE UNLOGGED SEQUENCE ops.volatile;
CREATE SEQUENCE ops.untouched;
CREATE SEQUENCE ops.owned OWNED BY ops.pairs.c;
COMMENT ON SEQUENCE ops.tickets IS 'at the counter';
SELECT nextval('ops.tickets') FROM generate_series(1, 4);
SELECT nextval('ops.down') FROM generate_series(1, 3);
