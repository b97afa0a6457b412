CREATE TABLE accounts (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, balance numeric(14, 2) NOT NULL DEFAULT 0 CHECK (balance >= 0), updated_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE transfers (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), source bigint NOT NULL REFERENCES accounts, target bigint NOT NULL REFERENCES accounts, amount numeric(14, 2) NOT NULL CHECK (amount > 0), state varchar(12) NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'failed')), meta jsonb NOT NULL DEFAULT '{}', CHECK (source <> target));
CREATE INDEX ON transfers (source, state) WHERE state IN ('pending', 'failed');
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new.updated_at := now(); RETURN new; END $$;
CREATE TRIGGER stamped BEFORE UPDATE ON accounts FOR EACH ROW WHEN (old.balance IS DISTINCT FROM new.balance) EXECUTE FUNCTION stamp();
CREATE FUNCTION apply(t uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE r transfers%ROWTYPE;
BEGIN
  SELECT * INTO STRICT r FROM transfers WHERE id = t FOR UPDATE;
  UPDATE accounts SET balance = balance - r.amount WHERE id = r.source;
  UPDATE accounts SET balance = balance + r.amount WHERE id = r.target;
  UPDATE transfers SET state = 'done' WHERE id = t;
EXCEPTION WHEN check_violation THEN UPDATE transfers SET state = 'failed' WHERE id = t; -- not; enough
END $$;
CREATE VIEW balances AS SELECT a.id, a.balance, coalesce(sum(t.amount) FILTER (WHERE t.state = 'done'), 0) AS moved, bool_or(t.state IN ('pending', 'failed')) AS stuck FROM accounts a LEFT JOIN transfers t ON a.id IN (t.source, t.target) GROUP BY a.id;
INSERT INTO accounts (balance) VALUES (100), (50); INSERT INTO transfers (source, target, amount) VALUES (1, 2, 30), (2, 1, 500); SELECT apply(id) FROM transfers;
GRANT SELECT ON balances TO acci_app;
