CREATE TABLE tenants (id uuid PRIMARY KEY, owner name DEFAULT current_user);
CREATE TABLE docs (id int, tenant uuid REFERENCES tenants, kind varchar(9), shared name[]);
INSERT INTO tenants VALUES ('00000000-0000-0000-0000-000000000001');
INSERT INTO docs VALUES (1, '00000000-0000-0000-0000-000000000001', 'x', '{acci_app}');
CREATE POLICY own ON docs FOR ALL TO acci_app, acci_backup
  USING (tenant IN (SELECT t.id FROM tenants t WHERE t.owner = current_user)) WITH CHECK (kind IN ('note', 'file'));
CREATE POLICY by_setting ON docs AS RESTRICTIVE FOR SELECT USING (tenant = (nullif(current_setting('app.tenant', true), ''))::uuid OR current_user = ANY (shared));
CREATE POLICY "odd; name" ON docs FOR DELETE USING (EXISTS (SELECT 1 FROM docs d WHERE d.id = docs.id AND d.kind::text = 'x'));
CREATE POLICY insert_only ON tenants FOR INSERT WITH CHECK (true);
ALTER TABLE docs ENABLE ROW LEVEL SECURITY;
ALTER TABLE docs FORCE ROW LEVEL SECURITY;
GRANT SELECT ON docs, tenants TO acci_app;
