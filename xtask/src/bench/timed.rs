//! The native program that times single operations.

use anyhow::{Context as _, Result};

use crate::process;
use crate::workspace::Workspace;

const PROGRAM: &str = "timed";

/// What is timed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Group {
    /// What a request may need.
    Operations,
    /// What an answer takes once, when it enters the cache.
    Inserts,
}

/// An operation and how many nanoseconds it took.
pub(super) type Timed = (String, f64);

pub(super) fn build(workspace: &Workspace) -> Result<()> {
    let mut build = workspace.cargo();
    build.args(["build", "--release", "--package", "playback-bench"]);
    process::run(build.args(["--bin", PROGRAM]))
}

/// Times each of the group once, in the program's order.
pub(super) fn once(workspace: &Workspace, group: Group) -> Result<Vec<Timed>> {
    let mut program = std::process::Command::new(workspace.target("release").join(PROGRAM));
    if matches!(group, Group::Inserts) {
        program.arg("inserts");
    }
    let told = process::output(&mut program)?;
    serde_json::from_str(&told).with_context(|| format!("`{PROGRAM}` printed something else"))
}

/// The times of one operation, round by round.
pub(super) fn of(operation: &str, rounds: &[Vec<Timed>]) -> Vec<f64> {
    let all = rounds.iter().flatten();
    all.filter(|(name, _)| name == operation)
        .map(|(_, ns)| *ns)
        .collect()
}
