//! Building the native programs that `serve` and the tests start.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{process, say};

/// The companion origin, and the command line around its database.
pub(crate) fn origin_stub(workspace: &Workspace) -> Result<PathBuf> {
    say::step("Building the companion origin");
    build(workspace, "origin-stub")
}

/// The local POP: Viceroy around the edge program.
pub(crate) fn local_pop(workspace: &Workspace) -> Result<PathBuf> {
    say::step("Building the local POP");
    if !workspace.program("local-pop").exists() {
        say::detail(
            "the first time it compiles all of Viceroy and its Wasm engine: 10 to 30 minutes",
        );
    }
    build(workspace, "local-pop")
}

/// The command that explains decisions.
pub(crate) fn explain(workspace: &Workspace) -> Result<PathBuf> {
    say::step("Building the command that explains");
    let package = ["--package", "playback-policy", "--bin", "explain"];
    process::run(workspace.cargo().arg("build").args(package))?;
    Ok(workspace.program("explain"))
}

/// One package to a call: cargo unites the features of what it builds together, and other features
/// would mean another Viceroy.
fn build(workspace: &Workspace, package: &str) -> Result<PathBuf> {
    process::run(workspace.cargo().args(["build", "--package", package]))?;
    Ok(workspace.program(package))
}

/// A call of a program that we built ourselves.
pub(crate) fn program(path: &PathBuf, workspace: &Workspace) -> Command {
    let mut command = Command::new(path);
    command.current_dir(workspace.root());
    command
}
