//! The companion origin of playback-edge.
//!
//! A CMS API in Brightcove's manner, the playback answers the edge asks for on a miss, and the
//! purges that follow each edit. A request goes `routes` → `cms` → `store`, and back through
//! `edited` or `assemble`; every write notes in the change feed what it changed (`change`), and the
//! purger reads that and tells the CDN (`purge`).

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::string_slice
    )
)]

mod admission;
mod app;
mod args;
mod assemble;
mod auth;
mod backup;
mod change;
mod cms;
mod config;
mod error;
mod extract;
mod import;
mod load;
mod media;
mod metrics;
mod mint;
mod model;
mod purge;
mod request_log;
mod restore;
mod restored;
mod retention;
mod routes;
mod secret;
mod serve;
mod stop;
mod store;

use std::{fmt::Display, process::ExitCode};

use clap::Parser;
use tracing_subscriber::EnvFilter;

use args::{Cli, Command, LogFormat, ProcessArgs};
use import::Outcome;

#[tokio::main]
async fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Serve(args) => match start_log(&args.process) {
            Ok(()) => exit_code(serve::serve(&args).await),
            Err(error) => exit_code(Err(error)),
        },
        Command::Purge(args) => match start_log(&args.process) {
            Ok(()) => exit_code(purge::run(&args).await),
            Err(error) => exit_code(Err(error)),
        },
        Command::Load(args) => exit_code(load::run(&args).await),
        Command::Backup(args) => exit_code(backup::run(&args).await),
        Command::Restore(args) => exit_code(restore::run(&args).await),
        Command::Restored(args) => exit_code(restored::run(&args).await),
        Command::Mint(args) => exit_code(mint::run(&args)),
        Command::Import(args) => match import::run(&args) {
            Ok(Outcome::Whole) => ExitCode::SUCCESS,
            Ok(Outcome::Reported) => ExitCode::from(2),
            Err(error) => exit_code(Err(error)),
        },
    }
}

fn start_log(args: &ProcessArgs) -> Result<(), String> {
    let filter = args.log_filter.parse::<EnvFilter>();
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter.map_err(|error| format!("`--log-filter`: {error}"))?)
        .with_writer(std::io::stderr);
    match args.log_format {
        LogFormat::Text => log.with_ansi(false).init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
    Ok(())
}

fn exit_code<E: Display>(outcome: Result<(), E>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
