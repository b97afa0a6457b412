CREATE SCHEMA shop;
CREATE SCHEMA ops;
CREATE SCHEMA ext;
COMMENT ON SCHEMA shop IS 'what is sold';

CREATE TYPE shop.mood AS ENUM ('calm', 'busy', 'angry');
CREATE TYPE shop.size AS ENUM ('s', 'm', 'l');
COMMENT ON TYPE shop.mood IS 'how they feel';
REVOKE USAGE ON TYPE shop.mood FROM PUBLIC;
GRANT USAGE ON TYPE shop.mood TO acci_app;

CREATE TYPE shop.address AS (street text, city varchar(40) COLLATE "C", zip int);
COMMENT ON COLUMN shop.address.zip IS 'five digits';
CREATE TYPE shop.span AS RANGE (subtype = float8, subtype_diff = float8mi);
CREATE TYPE shop.words AS RANGE (subtype = text, collation = "C");

CREATE DOMAIN shop.email AS text COLLATE "C" DEFAULT 'nobody@example.org' CONSTRAINT has_at CHECK (VALUE LIKE '%@%');
CREATE DOMAIN shop.work_email AS shop.email CONSTRAINT at_work CHECK (VALUE LIKE '%work%');
CREATE DOMAIN shop.positive AS int NOT NULL CHECK (VALUE > 0);
ALTER DOMAIN shop.positive ADD CONSTRAINT not_huge CHECK (VALUE < 1000000) NOT VALID;
COMMENT ON DOMAIN shop.positive IS 'more than none';
COMMENT ON CONSTRAINT has_at ON DOMAIN shop.email IS 'an @ somewhere';
GRANT USAGE ON TYPE shop.email TO acci_app WITH GRANT OPTION;
