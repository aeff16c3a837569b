//! `cargo xtask oracle`: many random decisions, each made a second time by Cedar.

use std::fs;
use std::process::Stdio;

use anyhow::{Context as _, Result};

use crate::workspace::Workspace;
use crate::{process, say};

/// The test that compares.
const TEST: &str = "policy_and_cedar_decide_alike";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// How many pairs of rules and viewer are decided
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    pairs: u64,
    /// What makes them the same pairs again; printed at the start
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Print the figures as JSON at the end, and nothing else on stdout
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    say::step("Comparing decisions with Cedar's");
    let summary = workspace.target("oracle.json");
    let mut cargo = workspace.cargo();
    cargo
        .args(["test", "--package", "playback-tests", "--test", "oracle"])
        .args([TEST, "--", "--exact", "--nocapture"])
        .env("PLAYBACK_ORACLE_PAIRS", arguments.pairs.to_string())
        .env("PLAYBACK_ORACLE_SUMMARY", &summary);
    if let Some(seed) = arguments.seed {
        cargo.env("PLAYBACK_ORACLE_SEED", seed.to_string());
    }
    if !arguments.json {
        return process::run(&mut cargo);
    }
    // How it goes, and what differs, is told on stderr.
    let _ = fs::remove_file(&summary);
    let outcome = process::run(cargo.stdout(Stdio::null()));
    if let Ok(figures) = fs::read_to_string(&summary) {
        println!("{figures}");
    }
    outcome.context("the two do not decide alike, or could not be compared")
}
