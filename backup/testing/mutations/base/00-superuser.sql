-- What only a superuser may say of a database that is not his; the recovery brings it back as the roles themselves.
DO $$ BEGIN
  EXECUTE format('ALTER ROLE acci_app IN DATABASE %I SET work_mem = ''16MB''', current_database());
  EXECUTE format('ALTER ROLE acci IN DATABASE %I SET search_path = shop, public', current_database());
END $$;
