//! The reference service: tenant-separated notes on Postgres, cached in Redis.

mod assets;
mod cache;
mod config;
mod db;
mod exposition;
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
mod schema;
mod serve;
mod telemetry;
mod tenant;
mod trace_context;

use std::process::ExitCode;

use config::{Env, Serve};
use telemetry::Telemetry;

const USAGE: &str = "usage: acci [serve | migrate | healthcheck [URL]]";

fn main() -> ExitCode {
    let command = std::env::args().nth(1).unwrap_or_else(|| "serve".into());
    let env = Env::new(|key| std::env::var(key).ok());
    let result = match command.as_str() {
        "serve" => env.serve().and_then(serve),
        "migrate" => env.migrate().and_then(|config| {
            log::init(&config.log_level, None)?;
            run(migrate::run(config))
        }),
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

fn serve(config: Serve) -> Result<(), String> {
    let traces = config.traces.as_ref();
    let telemetry = traces.map(|traces| Telemetry::start(traces, &config.version)).transpose()?;
    log::init(&config.log_level, telemetry.as_ref().map(Telemetry::tracer))?;
    let served = run(serve::run(config, telemetry.as_ref().map(|telemetry| telemetry.exported.clone())));
    if let Some(telemetry) = &telemetry {
        telemetry.flush();
    }
    served
}

fn run(work: impl Future<Output = Result<(), String>>) -> Result<(), String> {
    tokio::runtime::Runtime::new().map_err(|e| format!("acci: cannot start the runtime, got {e}"))?.block_on(work)
}
