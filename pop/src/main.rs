//! Local Fastly POPs: Viceroy around the real edge program, each POP with its own cache, and Fastly's
//! purge API.
//!
//! It knows Fastly and nothing of the program it runs.

mod args;
mod config;
mod endpoint_log;
mod listener;
mod pop;
mod program;
mod purge_api;
mod start;
mod stop;
mod viewer;

use std::fs;
use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Error};
use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::args::Args;

/// How long a program that does not end is waited for at the very end.
const PATIENCE: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    log_to_stderr();
    match run(Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("local-pop: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: Args) -> Result<(), Error> {
    args.check()?;
    calm_clocks();
    let plan = start::Plan::read(args)?;
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    let outcome = runtime.block_on(start::run(plan));
    runtime.shutdown_timeout(PATIENCE);
    outcome
}

/// Lets timers be late by two milliseconds. Viceroy has a thread for each POP that wakes up every 50
/// microseconds, whether or not there is something to do: a dozen idle POPs kept a core busy.
///
/// Threads inherit it from who starts them, so it comes before all others. Where there is no such file,
/// timers are as they were.
///
/// # Source
///
/// proc(5), `/proc/pid/timerslack_ns`; Viceroy, `DEFAULT_EPOCH_INTERRUPTION_PERIOD`.
fn calm_clocks() {
    let _unchanged = fs::write("/proc/self/timerslack_ns", "2000000");
}

/// Warnings of everybody and what this process does itself, unless `RUST_LOG` says otherwise.
fn log_to_stderr() {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,local_pop=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
}
