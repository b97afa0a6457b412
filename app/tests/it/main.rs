//! The service as a process, against a real Postgres 15 and Redis. Run by app/test.sh, which starts both.

mod assets;
mod collector;
mod harden;
mod harness;
mod isolation;
mod migration;
mod notes;
mod observability;
mod proxy;
mod readiness;
mod shutdown;
mod traces;
