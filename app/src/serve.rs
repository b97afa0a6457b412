//! Starts the listeners and ends them without losing a request.

use std::{
    future::IntoFuture,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    http::HeaderValue,
    serve::{Listener, ListenerExt},
};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::oneshot,
};
use tracing::field;

use crate::{
    cache::Cache,
    config::Serve,
    db::Db,
    harden,
    limit::{self, Limiter},
    metrics::{ExportedSpans, Metrics},
    routes::{self, App},
};

/// Limit for draining: longer than any request may take.
const DRAIN_LIMIT: Duration = Duration::from_secs(20);

pub async fn run(config: Serve, exported: Option<ExportedSpans>) -> Result<(), String> {
    let metrics = Metrics::new(exported);
    let cache = Cache::new(config.redis, config.cache_ttl, metrics.cache_errors.clone())
        .map_err(|e| format!("REDIS_URL: cannot be used ({:?}), got a hidden value", e.kind()))?;
    let app = Arc::new(App {
        db: Db::new(config.database, config.database_max_connections),
        cache,
        metrics,
        draining: AtomicBool::new(false),
        hostname: hostname(),
        version: config.version,
        limiter: config.limit.as_ref().map(Limiter::new),
        hsts: harden::hsts(config.hsts_seconds),
    });
    tokio::spawn(limit::forget_idle(app.clone()));

    let listener = bind("LISTEN_ADDR", config.listen).await?;
    let mut public = routes::public(&app);
    let mut ops_address = None;
    match config.ops {
        // The ops listener has no graceful shutdown: until the process ends it answers "draining" to probes and serves
        // the last metrics.
        Some(address) => {
            let listener = bind("OPS_ADDR", address).await?;
            ops_address = listener.local_addr().ok();
            let router = routes::ops().merge(routes::health()).with_state(app.clone());
            tokio::spawn(axum::serve(listener, router).into_future());
        }
        None => public = public.merge(routes::ops()),
    }
    // Disables Nagle's algorithm, which would hold back small answers on kept connections.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let address = listener.local_addr().map_or(config.listen, |address| address);
    let (stop, stopped) = oneshot::channel::<()>();
    let server = axum::serve(listener, public.with_state(app.clone()))
        .with_graceful_shutdown(async move { drop(stopped.await) })
        .into_future();
    let server = tokio::spawn(server);
    tracing::info!(%address, ops_address = ops_address.map(field::display), version = app.version, "serving");

    termination().await?;
    // /ready fails from now on, so that load balancers stop sending, while the process still serves what they send.
    app.draining.store(true, Ordering::Relaxed);
    tracing::info!(delay_seconds = config.shutdown_delay.as_secs(), "shutdown: serving on until traffic has moved");
    tokio::time::sleep(config.shutdown_delay).await;
    drop(stop);
    let drained = tokio::time::timeout(DRAIN_LIMIT, server).await.is_ok();
    let _ = tokio::time::timeout(Duration::from_secs(1), app.db.pool.close()).await;
    if !drained {
        return Err(format!("shutdown: requests were still running after {DRAIN_LIMIT:?}, got cut off"));
    }
    tracing::info!("shutdown: complete");
    Ok(())
}

async fn termination() -> Result<(), String> {
    let install = |kind| signal(kind).map_err(|e| format!("shutdown: cannot install a signal handler, got {e}"));
    let (mut terminate, mut interrupt) = (install(SignalKind::terminate())?, install(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

async fn bind(key: &str, address: SocketAddr) -> Result<TcpListener, String> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|e| format!("{key}: cannot listen ({e}), got {address}; choose a free address and port"))
}

fn hostname() -> HeaderValue {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    HeaderValue::from_str(name.trim()).unwrap_or_else(|_| HeaderValue::from_static("unknown"))
}
