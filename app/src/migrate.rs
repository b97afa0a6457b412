//! Migrates the schema as the owner, then grants the service's role exactly the rights it needs.

use std::time::Duration;

use sqlx::{
    PgPool,
    error::BoxDynError,
    migrate::{Migration, MigrationSource, MigrationType, Migrator},
    postgres::PgPoolOptions,
};

use crate::{config::Migrate, log::AUDIT, schema};

/// Limit for connecting; the pool retries a server that refuses connections or is starting up.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
/// Key of the advisory lock, the same in every process, because concurrent GRANTs on one table fail with "tuple
/// concurrently updated".
const GRANT_LOCK: i64 = 0x6163_6369;

pub async fn run(config: Migrate) -> Result<(), String> {
    let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(CONNECT_TIMEOUT);
    let pool = pool.connect_with(config.database).await.map_err(|e| format!("migrate: cannot connect, got {e}"))?;
    check_role(&pool, &config.app_role).await?;
    let mut migrator = Migrator::new(Embedded).await.map_err(failed)?;
    schema::admit(&pool, migrator.iter().map(|migration| migration.version).max().unwrap_or_default()).await?;
    // Off by default, and then a rollback fails: its binary does not have the migrations that a later version has run.
    // Those that it has are compared by checksum all the same.
    migrator.set_ignore_missing(true);
    migrator.run(&pool).await.map_err(failed)?;
    grant(&pool, &config.app_role).await.map_err(failed)?;
    tracing::info!(app_role = config.app_role, "migrate: complete");
    Ok(())
}

fn failed(error: impl std::fmt::Display) -> String {
    format!("migrate: failed, got {error}")
}

/// Checks the role before anything else, so that a missing role leaves the database untouched.
async fn check_role(pool: &PgPool, role: &str) -> Result<(), String> {
    let query = sqlx::query_scalar("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = $1").bind(role);
    match query.fetch_optional(pool).await.map_err(failed)? {
        Some(false) => Ok(()),
        Some(true) => Err(format!(
            "APP_ROLE: must not bypass row-level security, got {role}; run ALTER ROLE {role} NOSUPERUSER NOBYPASSRLS"
        )),
        None => Err(format!(
            "APP_ROLE: the role does not exist, got {role}; create it with CREATE ROLE {role} LOGIN NOBYPASSRLS, then run migrate again"
        )),
    }
}

async fn grant(pool: &PgPool, role: &str) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(GRANT_LOCK).execute(&mut *tx).await?;
    let quoted = "SELECT quote_ident($1), $1 = current_user";
    let (role, is_owner): (String, bool) = sqlx::query_as(quoted).bind(role).fetch_one(&mut *tx).await?;
    // The owner holds every right already, and revoking from it would remove its own rights.
    if !is_owner {
        for statement in [
            format!("GRANT USAGE ON SCHEMA public TO {role}"),
            format!("REVOKE ALL ON notes, _sqlx_migrations FROM {role}"),
            format!("GRANT SELECT, INSERT, DELETE ON notes TO {role}"),
        ] {
            sqlx::query(&statement).execute(&mut *tx).await?;
        }
    }
    tx.commit().await?;
    tracing::info!(target: AUDIT, action = "grant", role, table = "notes", rights = "SELECT, INSERT, DELETE", "granted");
    Ok(())
}

/// Migrations are compiled in by hand, because the migrate! macro costs a second build of the database driver.
#[derive(Debug)]
struct Embedded;

impl MigrationSource<'static> for Embedded {
    fn resolve(self) -> std::pin::Pin<Box<dyn Future<Output = Result<Vec<Migration>, BoxDynError>> + Send>> {
        let files = [(1, "notes", include_str!("../migrations/0001_notes.sql"))];
        let migrations = files.map(|(version, description, sql)| migration(version, description, sql));
        Box::pin(async move { Ok(migrations.to_vec()) })
    }
}

/// As sqlx reads a file: `-- no-transaction` is for statements that refuse one, such as CREATE INDEX CONCURRENTLY.
fn migration(version: i64, description: &'static str, sql: &'static str) -> Migration {
    let description = schema::describe(description, sql);
    Migration::new(version, description, MigrationType::Simple, sql.into(), sql.starts_with("-- no-transaction"))
}

#[cfg(test)]
mod tests {
    use super::migration;

    #[test]
    fn a_migration_is_a_transaction_unless_it_asks_for_none() {
        assert!(!migration(2, "archived notes", "ALTER TABLE notes ADD COLUMN archived_at timestamptz;").no_tx);
        assert!(migration(3, "by title", "-- no-transaction\nCREATE INDEX CONCURRENTLY a ON notes (title);").no_tx);
    }

    #[test]
    fn a_contracting_migration_records_its_declaration() {
        let sql = "-- acci:oldest-application 3\nALTER TABLE notes DROP COLUMN title;";
        assert_eq!(migration(4, "drop title", sql).description, "drop title (oldest application 3)");
    }
}
