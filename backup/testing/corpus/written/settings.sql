CREATE TABLE t (a int); INSERT INTO t VALUES (1);
DO $$ BEGIN
  EXECUTE format('ALTER DATABASE %I SET search_path = "$user", public, "odd, schema"', current_database());
  EXECUTE format('ALTER DATABASE %I SET statement_timeout = ''90s''', current_database());
  EXECUTE format('ALTER DATABASE %I SET timezone = ''Europe/Berlin''', current_database());
  EXECUTE format('ALTER DATABASE %I SET datestyle = ''SQL, DMY''', current_database());
  EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = ''serializable''', current_database());
  EXECUTE format('ALTER DATABASE %I SET standard_conforming_strings = off', current_database());
  EXECUTE format('ALTER DATABASE %I SET row_security = on', current_database());
  EXECUTE format('ALTER DATABASE %I SET bytea_output = escape', current_database());
  EXECUTE format('ALTER DATABASE %I SET check_function_bodies = on', current_database());
  EXECUTE format('ALTER DATABASE %I SET extra_float_digits = -5', current_database());
  EXECUTE format('ALTER DATABASE %I SET temp_tablespaces = ''''', current_database());
  EXECUTE format('ALTER DATABASE %I CONNECTION LIMIT 55', current_database());
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO acci_app, acci_backup, acci_restore', current_database());
  EXECUTE format('GRANT CREATE ON DATABASE %I TO acci_app WITH GRANT OPTION', current_database());
  EXECUTE format('COMMENT ON DATABASE %I IS ''a comment; of "ours"''', current_database());
END $$;
-- as superuser
DO $$ BEGIN
  EXECUTE format('ALTER ROLE acci_app IN DATABASE %I SET search_path = public, pg_temp', current_database());
  EXECUTE format('ALTER ROLE acci_app IN DATABASE %I SET work_mem = ''33MB''', current_database());
  EXECUTE format('ALTER ROLE acci IN DATABASE %I SET role = acci', current_database());
END $$;
