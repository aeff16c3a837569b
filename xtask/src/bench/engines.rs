//! Decisions beside those of general policy engines, by a program with a workspace of its own.

use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::workspace::Workspace;
use crate::{process, say};

const MANIFEST: &str = "bench/engines/Cargo.toml";
const PROGRAM: &str = "playback-engines";

/// Its figures, or nothing where it printed its tables.
pub(super) fn measure(workspace: &Workspace, rounds: u8, is_json: bool) -> Result<Option<Value>> {
    say::step("Building the engines");
    say::detail("the first time this takes some minutes");
    let folder = workspace.target("engines");
    let mut build = workspace.cargo();
    build.args([
        "build",
        "--release",
        "--locked",
        "--manifest-path",
        MANIFEST,
    ]);
    process::run(build.arg("--target-dir").arg(&folder))?;
    say::step("Deciding by all engines, then timing them in turns");
    let mut engines = std::process::Command::new(folder.join("release").join(PROGRAM));
    engines.args(["--rounds", &rounds.to_string()]);
    if !is_json {
        return process::run(&mut engines).map(|()| None);
    }
    // Its progress is told on stderr all the while.
    let output = engines
        .arg("--json")
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start `{PROGRAM}`"))?;
    ensure!(output.status.success(), "`{PROGRAM}` failed");
    let figures = serde_json::from_slice(&output.stdout);
    figures
        .map(Some)
        .with_context(|| format!("`{PROGRAM}` printed something else"))
}
