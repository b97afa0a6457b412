CREATE TABLE notes (
    id         uuid        PRIMARY KEY,
    tenant_id  uuid        NOT NULL,
    title      text        NOT NULL CHECK (char_length(title) BETWEEN 1 AND 200),
    body       text        NOT NULL CHECK (char_length(body) <= 10000),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX notes_by_tenant ON notes (tenant_id, created_at DESC, id DESC);

-- FORCE: the owner is bound too, so a service started with the wrong role still cannot mix tenants.
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
ALTER TABLE notes FORCE ROW LEVEL SECURITY;

-- After a transaction with SET LOCAL the setting is '' and no longer NULL on that connection, and ''::uuid is an error.
CREATE POLICY notes_of_tenant ON notes
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
