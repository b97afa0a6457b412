//! The API: notes of one tenant.

use std::sync::Arc;

use axum::{
    Json,
    extract::{
        Path, Query, State,
        rejection::{JsonRejection, PathRejection, QueryRejection},
    },
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, Row, postgres::PgRow};
use uuid::Uuid;

use crate::{
    cache::Lookup,
    db::{Db, DbError, begin, traced},
    log::AUDIT,
    problem::Problem,
    routes::App,
    tenant::Tenant,
};

const COLUMNS: &str =
    r#"id, title, body, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at"#;
const TITLE_MAX: usize = 200;
const BODY_MAX: usize = 10_000;
const LIMIT_MAX: i64 = 100;

#[derive(Serialize)]
struct Note {
    id: Uuid,
    title: String,
    body: String,
    created_at: String,
}

impl FromRow<'_, PgRow> for Note {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            title: row.try_get("title")?,
            body: row.try_get("body")?,
            created_at: row.try_get("created_at")?,
        })
    }
}

#[derive(Deserialize)]
pub struct NewNote {
    title: String,
    #[serde(default)]
    body: String,
}

#[derive(Deserialize)]
pub struct Page {
    #[serde(default = "default_limit")]
    limit: i64,
}

fn default_limit() -> i64 {
    20
}

pub async fn create(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    new: Result<Json<NewNote>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(new) = new.map_err(|e| Problem::new(e.status(), e.body_text()))?;
    check_length("title", &new.title, 1, TITLE_MAX)?;
    check_length("body", &new.body, 0, BODY_MAX)?;
    let mut connection = app.db.acquire().await?;
    let mut tx = begin(&mut connection, tenant).await?;
    let insert = format!("INSERT INTO notes (id, tenant_id, title, body) VALUES ($1, $2, $3, $4) RETURNING {COLUMNS}");
    let query = sqlx::query_as(&insert).bind(Uuid::now_v7()).bind(tenant).bind(new.title).bind(new.body);
    let note: Note = traced(&insert, query.fetch_one(&mut *tx)).await?;
    traced("COMMIT", tx.commit()).await?;
    let location = [(header::LOCATION, format!("/api/notes/{}", note.id))];
    Ok((StatusCode::CREATED, location, Json(note)).into_response())
}

pub async fn read(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    id: Result<Path<Uuid>, PathRejection>,
) -> Result<Response, Problem> {
    let Path(id) = id.map_err(bad_id)?;
    match app.cache.get(tenant, id).await {
        Lookup::Hit(note) => {
            app.metrics.cache_hits.inc();
            return Ok(cached("hit", note));
        }
        Lookup::Deleted => {
            app.metrics.cache_hits.inc();
            return Err(Problem::not_found());
        }
        Lookup::Miss => drop(app.metrics.cache_misses.inc()),
    }
    let note = find(&app.db, tenant, id).await?.ok_or_else(Problem::not_found)?;
    let text = serde_json::json!(note).to_string();
    app.cache.put(tenant, id, &text).await;
    Ok(cached("miss", text))
}

pub async fn list(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(page) = page.map_err(|e| Problem::bad_request(e.body_text()))?;
    if !(1..=LIMIT_MAX).contains(&page.limit) {
        let limit = page.limit;
        return Err(Problem::bad_request(format!("limit: out of range, got {limit}; use 1 to {LIMIT_MAX}")));
    }
    let mut connection = app.db.acquire().await?;
    let mut tx = begin(&mut connection, tenant).await?;
    let select = format!("SELECT {COLUMNS} FROM notes ORDER BY notes.created_at DESC, id DESC LIMIT $1");
    let query = sqlx::query_as(&select).bind(page.limit).fetch_all(&mut *tx);
    let notes: Vec<Note> = traced(&select, query).await?;
    traced("COMMIT", tx.commit()).await?;
    Ok(Json(serde_json::json!({ "notes": notes })).into_response())
}

pub async fn delete(
    State(app): State<Arc<App>>,
    Tenant(tenant): Tenant,
    id: Result<Path<Uuid>, PathRejection>,
) -> Result<StatusCode, Problem> {
    let Path(id) = id.map_err(bad_id)?;
    if !remove(&app.db, tenant, id).await? {
        return Err(Problem::not_found());
    }
    tracing::info!(target: AUDIT, action = "delete", note = %id, "a note was deleted");
    app.cache.forget(tenant, id).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns the connection to the pool before the cache is asked, which may take longer.
async fn find(db: &Db, tenant: Uuid, id: Uuid) -> Result<Option<Note>, DbError> {
    let mut connection = db.acquire().await?;
    let mut tx = begin(&mut connection, tenant).await?;
    let select = format!("SELECT {COLUMNS} FROM notes WHERE id = $1");
    let note = traced(&select, sqlx::query_as(&select).bind(id).fetch_optional(&mut *tx)).await?;
    traced("COMMIT", tx.commit()).await?;
    Ok(note)
}

/// Whether there was such a note.
async fn remove(db: &Db, tenant: Uuid, id: Uuid) -> Result<bool, DbError> {
    let mut connection = db.acquire().await?;
    let mut tx = begin(&mut connection, tenant).await?;
    let delete = "DELETE FROM notes WHERE id = $1";
    let deleted = traced(delete, sqlx::query(delete).bind(id).execute(&mut *tx)).await?.rows_affected();
    traced("COMMIT", tx.commit()).await?;
    Ok(deleted > 0)
}

fn cached(outcome: &'static str, note: String) -> Response {
    ([("x-cache", outcome), ("content-type", "application/json")], note).into_response()
}

fn bad_id(rejection: PathRejection) -> Problem {
    Problem::bad_request(format!("id: must be a UUID ({})", rejection.body_text()))
}

fn check_length(field: &str, text: &str, min: usize, max: usize) -> Result<(), Problem> {
    let length = text.chars().count();
    if !(min..=max).contains(&length) {
        return Err(Problem::bad_request(format!(
            "{field}: wrong length, got {length}; use {min} to {max} characters"
        )));
    }
    // Postgres text cannot contain a NUL.
    if text.contains('\0') {
        return Err(Problem::bad_request(format!("{field}: must not contain the NUL character")));
    }
    Ok(())
}
