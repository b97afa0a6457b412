use std::thread;

use crate::harness::{Database, block, connect, migrate, password, scalar};

#[test]
fn migrating_twice_changes_nothing() {
    let database = Database::migrated();
    assert!(migrate(&database.url("acci"), &[]).status.success());
    assert_eq!(scalar(&database.url("acci"), "SELECT count(*) FROM _sqlx_migrations"), Ok("1".into()));
}

#[test]
fn the_schema_of_a_later_version_is_accepted() {
    let database = Database::migrated();
    let later = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 VALUES (9999, 'of a later version', true, '', 0)";
    block(async {
        let mut owner = connect(&database.url("acci")).await;
        sqlx::query(later).execute(&mut owner).await.unwrap();
    });
    let output = migrate(&database.url("acci"), &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(scalar(&database.url("acci"), "SELECT count(*) FROM _sqlx_migrations"), Ok("2".into()));
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
