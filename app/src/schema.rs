//! Which applications a schema serves. An application is as old as the newest migration that it knows. A migration that
//! takes something away declares the oldest application that works without it, in a line of its own:
//!
//! ```sql
//! -- acci:oldest-application 3
//! ```
//!
//! The declaration becomes a part of the migration's description, which the transaction that applies it records.

use std::borrow::Cow;

use sqlx::PgPool;

const DECLARATION: &str = "-- acci:oldest-application ";
const RECORDED: &str = " (oldest application ";

/// The description to record for a migration.
pub fn describe(description: &'static str, sql: &str) -> Cow<'static, str> {
    match sql.lines().find_map(|line| line.strip_prefix(DECLARATION)) {
        Some(oldest) => format!("{description}{RECORDED}{})", oldest.trim()).into(),
        None => description.into(),
    }
}

/// What a recorded description declares.
fn declared(description: &str) -> Option<i64> {
    description.rsplit_once(RECORDED)?.1.strip_suffix(')')?.parse().ok()
}

/// Refuses a schema that lacks what an application with migrations up to `own` uses, before anything is changed.
pub async fn admit(pool: &PgPool, own: i64) -> Result<(), String> {
    let applied = applied(pool).await.map_err(|e| format!("migrate: cannot read the applied migrations, got {e}"))?;
    let newest = applied.iter().map(|(version, _)| *version).max().unwrap_or_default();
    let oldest = applied.iter().filter_map(|(_, description)| declared(description)).max().unwrap_or_default();
    if own < oldest {
        return Err(format!(
            "schema: must be used by an application with migration {oldest} or a later one, got migration {own}; \
             deploy a later version, because a migration took away what this one uses"
        ));
    }
    if own < newest {
        let message = "the schema is newer than this application, which still has what it uses";
        tracing::warn!(schema = newest, application = own, message);
    }
    Ok(())
}

/// Version and description of every migration that was applied; none in an empty database.
async fn applied(pool: &PgPool) -> Result<Vec<(i64, String)>, sqlx::Error> {
    let migrated: bool =
        sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL").fetch_one(pool).await?;
    if !migrated {
        return Ok(Vec::new());
    }
    sqlx::query_as("SELECT version, description FROM _sqlx_migrations WHERE success").fetch_all(pool).await
}

#[cfg(test)]
mod tests {
    use super::{declared, describe};

    #[test]
    fn a_declaration_is_recorded_and_read_again() {
        let sql = "-- Nothing reads it since 3.\n-- acci:oldest-application 3\nALTER TABLE notes DROP COLUMN title;\n";
        assert_eq!(describe("drop title", sql), "drop title (oldest application 3)");
        assert_eq!(declared(&describe("drop title", sql)), Some(3));
    }

    #[test]
    fn a_migration_that_only_adds_declares_nothing() {
        assert_eq!(describe("notes", "CREATE TABLE notes (id uuid);"), "notes");
        assert_eq!(declared("notes"), None);
    }
}
