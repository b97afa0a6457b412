use std::thread;

use uuid::Uuid;

use crate::harness::{Database, Service, block, connect, migrate, password, redis_url, scalar};

#[test]
fn migrating_twice_changes_nothing() {
    let database = Database::migrated();
    assert!(migrate(&database.url("acci"), &[]).status.success());
    assert_eq!(scalar(&database.url("acci"), "SELECT count(*) FROM _sqlx_migrations"), Ok("1".into()));
}

/// Applies a migration of a later version as sqlx would: the change and its record.
fn migrate_on(database: &Database, change: &'static str, description: &str) {
    let record = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                  VALUES (9999, $1, true, 'of a later version', 0)";
    block(async {
        let mut owner = connect(&database.url("acci")).await;
        sqlx::query(change).execute(&mut owner).await.unwrap();
        sqlx::query(record).bind(description).execute(&mut owner).await.unwrap();
    });
}

const EXPANSION: &str = "ALTER TABLE notes ADD COLUMN archived_at timestamptz";

#[test]
fn an_older_application_serves_the_schema_of_a_later_one() {
    let database = Database::migrated();
    migrate_on(&database, EXPANSION, "archived notes");
    let output = migrate(&database.url("acci"), &[]);
    let log = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let line = log.lines().find(|line| line.contains("the schema is newer than this application")).expect("a log line");
    assert!(line.contains(r#""schema":9999"#) && line.contains(r#""application":1"#), "{line}");
    assert_eq!(scalar(&database.url("acci"), "SELECT count(*) FROM _sqlx_migrations"), Ok("2".into()));

    let service = Service::start(&database.app_url(), &redis_url(), &[]).connected();
    let tenant = Uuid::now_v7();
    let id = service.create(tenant, "written by the older one");
    assert_eq!(service.call("GET", &format!("/api/notes/{id}"), tenant, "").status, 200);
}

#[test]
fn an_older_application_refuses_a_schema_that_lacks_what_it_uses_and_changes_nothing() {
    let database = Database::migrated();
    migrate_on(&database, "REVOKE ALL ON notes FROM acci_app", "renamed notes (oldest application 9998)");
    let output = migrate(&database.url("acci"), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "schema: must be used by an application with migration 9998 or a later one, got migration 1; \
         deploy a later version, because a migration took away what this one uses\n"
    );
    // Nor has it given the rights back.
    assert_eq!(scalar(&database.app_url(), "SELECT has_table_privilege('notes', 'SELECT')"), Ok("false".into()));
}

#[test]
fn a_schema_that_this_version_is_new_enough_for_is_served() {
    let database = Database::migrated();
    migrate_on(&database, EXPANSION, "archived notes (oldest application 1)");
    assert!(migrate(&database.url("acci"), &[]).status.success());
}

#[test]
fn a_migration_that_was_changed_after_it_ran_is_refused_also_on_a_newer_schema() {
    let database = Database::migrated();
    migrate_on(&database, "UPDATE _sqlx_migrations SET checksum = 'another'", "archived notes");
    let output = migrate(&database.url("acci"), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "migrate: failed, got migration 1 was previously applied but has been modified\n"
    );
}

#[test]
fn every_migration_of_the_folder_is_in_the_binary() {
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap();
    let mut versions: Vec<i64> = folder
        .map(|file| file.unwrap().file_name().into_string().unwrap().split('_').next().unwrap().parse().unwrap())
        .collect();
    versions.sort();
    let recorded = "SELECT string_agg(version::text, ' ' ORDER BY version) FROM _sqlx_migrations";
    let expected = versions.iter().map(i64::to_string).collect::<Vec<_>>().join(" ");
    assert_eq!(scalar(&Database::migrated().url("acci"), recorded), Ok(expected));
}

#[test]
fn several_at_once_all_succeed() {
    let database = Database::empty();
    let url = database.url("acci");
    let runs: Vec<_> = (0..4)
        .map(|_| {
            let url = url.clone();
            thread::spawn(move || migrate(&url, &[]))
        })
        .collect();
    for run in runs {
        let output = run.join().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(scalar(&url, "SELECT count(*) FROM _sqlx_migrations"), Ok("1".into()));
}

#[test]
fn the_service_role_gets_what_it_needs_and_no_more() {
    let database = Database::migrated();
    let has = |table, right| scalar(&database.app_url(), &format!("SELECT has_table_privilege('{table}', '{right}')"));
    for right in ["SELECT", "INSERT", "DELETE"] {
        assert_eq!(has("notes", right), Ok("true".into()), "{right}");
    }
    for right in ["UPDATE", "TRUNCATE", "REFERENCES", "TRIGGER"] {
        assert_eq!(has("notes", right), Ok("false".into()), "{right}");
    }
    assert_eq!(has("_sqlx_migrations", "SELECT"), Ok("false".into()));
    assert_eq!(scalar(&database.app_url(), "SELECT has_schema_privilege('public', 'CREATE')"), Ok("false".into()));
}

#[test]
fn a_missing_role_is_named_and_nothing_is_changed() {
    let database = Database::empty();
    let output = migrate(&database.url("acci"), &[("APP_ROLE", "nobody_here")]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "APP_ROLE: the role does not exist, got nobody_here; create it with CREATE ROLE nobody_here LOGIN NOBYPASSRLS, \
         then run migrate again\n"
    );
    assert_eq!(scalar(&database.url("acci"), "SELECT to_regclass('notes') IS NULL"), Ok("true".into()));
}

#[test]
fn a_role_that_bypasses_the_policies_is_refused() {
    let output = migrate(&Database::empty().url("acci"), &[("APP_ROLE", "acci_reader")]);
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(message.starts_with("APP_ROLE: must not bypass row-level security, got acci_reader"), "{message}");
}

#[test]
fn a_wrong_password_is_reported_without_the_url() {
    let url = Database::empty().url("acci");
    let wrong = url.replace(password(&url), "hunter2");
    let output = migrate(&wrong, &[("LOG_LEVEL", "trace")]);
    assert_eq!(output.status.code(), Some(1));
    let (message, log) = (String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
    assert!(message.contains("password authentication failed for user \"acci\""), "{message}");
    for output in [message, log] {
        assert!(!output.contains("hunter2") && !output.contains("postgres://"), "{output}");
    }
}
