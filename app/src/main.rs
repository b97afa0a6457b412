//! The reference service: tenant-separated notes on Postgres, cached in Redis.

mod assets;
mod cache;
mod config;
mod db;
mod harden;
mod healthcheck;
mod limit;
mod log;
mod metrics;
mod migrate;
mod notes;
mod observe;
mod ops;
mod problem;
mod routes;
mod serve;
mod tenant;

use std::process::ExitCode;

use config::Env;

const USAGE: &str = "usage: acci [serve | migrate | healthcheck [URL]]";

fn main() -> ExitCode {
    let command = std::env::args().nth(1).unwrap_or_else(|| "serve".into());
    let env = Env::new(|key| std::env::var(key).ok());
    let result = match command.as_str() {
        "serve" => env.serve().and_then(|config| run(&config.log_level.clone(), serve::run(config))),
        "migrate" => env.migrate().and_then(|config| run(&config.log_level.clone(), migrate::run(config))),
        "healthcheck" => match std::env::args().nth(2) {
            Some(url) => healthcheck::at(&url),
            None => env.healthcheck().and_then(healthcheck::own),
        },
        other => Err(format!("acci: unknown command, got {other}; {USAGE}")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run(log_level: &str, work: impl Future<Output = Result<(), String>>) -> Result<(), String> {
    log::init(log_level)?;
    tokio::runtime::Runtime::new().map_err(|e| format!("acci: cannot start the runtime, got {e}"))?.block_on(work)
}
