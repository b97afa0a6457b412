use uuid::Uuid;

use crate::harness::{Database, Service, block, connect, redis_url, scalar};

#[test]
fn a_tenant_cannot_read_list_or_delete_the_note_of_another() {
    let service = Service::fresh();
    let (owner, stranger) = (Uuid::now_v7(), Uuid::now_v7());
    let path = format!("/api/notes/{}", service.create(owner, "mine"));
    // The owner reads first, so that the note is in the cache when the other tenant asks.
    assert_eq!(service.call("GET", &path, owner, "").status, 200);

    assert_eq!(service.call("GET", &path, stranger, "").status, 404);
    assert_eq!(service.call("GET", "/api/notes", stranger, "").json()["notes"], serde_json::json!([]));
    assert_eq!(service.call("DELETE", &path, stranger, "").status, 404);

    assert_eq!(service.call("GET", &path, owner, "").status, 200);
    assert_eq!(service.call("GET", "/api/notes", owner, "").json()["notes"][0]["title"], "mine");
}

#[test]
fn sql_without_a_tenant_sees_no_row_even_after_a_transaction_that_had_one() {
    let database = Database::migrated();
    let service = Service::start(&database.app_url(), &redis_url(), &[]);
    let tenant = Uuid::now_v7();
    service.create(tenant, "mine");
    block(async {
        let mut connection = connect(&database.app_url()).await;
        let count = "SELECT count(*) FROM notes";
        let rows: i64 = sqlx::query_scalar(count).fetch_one(&mut connection).await.unwrap();
        assert_eq!(rows, 0);

        let set = format!("BEGIN; SET LOCAL app.tenant_id = '{tenant}'");
        sqlx::raw_sql(&set).execute(&mut connection).await.unwrap();
        let rows: i64 = sqlx::query_scalar(count).fetch_one(&mut connection).await.unwrap();
        assert_eq!(rows, 1);
        sqlx::raw_sql("COMMIT").execute(&mut connection).await.unwrap();

        let rows: i64 = sqlx::query_scalar(count).fetch_one(&mut connection).await.unwrap();
        assert_eq!(rows, 0);
    });
}

#[test]
fn the_owner_of_the_table_is_bound_too() {
    let database = Database::migrated();
    Service::start(&database.app_url(), &redis_url(), &[]).create(Uuid::now_v7(), "mine");
    assert_eq!(scalar(&database.url("acci"), "SELECT count(*) FROM notes"), Ok("0".into()));
}

#[test]
fn a_row_cannot_be_written_for_another_tenant() {
    let database = Database::migrated();
    let (own, other) = (Uuid::now_v7(), Uuid::now_v7());
    let refused = block(async {
        let mut connection = connect(&database.app_url()).await;
        let set = format!("BEGIN; SET LOCAL app.tenant_id = '{own}'");
        sqlx::raw_sql(&set).execute(&mut connection).await.unwrap();
        let insert = "INSERT INTO notes (id, tenant_id, title, body) VALUES ($1, $2, 'x', '')";
        let query = sqlx::query(insert).bind(Uuid::now_v7()).bind(other);
        query.execute(&mut connection).await.unwrap_err().to_string()
    });
    assert!(refused.contains("violates row-level security policy"), "{refused}");
}

#[test]
fn a_role_that_bypasses_the_policies_is_refused() {
    let database = Database::migrated();
    // The role gets every right on the table, so that only the check of the policies can refuse it.
    block(async {
        let mut owner = connect(&database.url("acci")).await;
        sqlx::raw_sql("GRANT ALL ON notes TO acci_reader").execute(&mut owner).await.unwrap();
    });
    let service = Service::start(&database.url("acci_reader"), &redis_url(), &[]);
    service.database_refused("unsafe_role");
    assert_eq!(service.call("GET", "/api/notes", Uuid::now_v7(), "").status, 503);
}

#[test]
fn a_database_that_takes_no_writes_is_not_served() {
    let database = Database::migrated();
    let url = format!("{}{}options=-c%20default_transaction_read_only%3Don", database.app_url(), if database.app_url().contains('?') { "&" } else { "?" });
    let service = Service::start(&url, &redis_url(), &[]);
    service.database_refused("read_only");
}

#[test]
fn the_tenant_header_is_required_and_must_be_a_uuid() {
    let service = Service::fresh();
    let answer = service.get("/api/notes");
    assert_eq!((answer.status, answer.header("content-type")), (400, "application/problem+json"));
    assert_eq!(
        answer.json()["detail"],
        "x-tenant-id: must be a UUID, got nothing; send the tenant's id in this header"
    );
    let answer = crate::harness::call(service.address, "GET", "/api/notes", &[("x-tenant-id", "acme")], "");
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["detail"], "x-tenant-id: must be a UUID, got acme; send the tenant's id in this header");
}
