//! Decisions beside those of general policy engines, by a program with a workspace of its own.

use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::workspace::Workspace;
use crate::{process, say};

const MANIFEST: &str = "bench/engines/Cargo.toml";
const PROGRAM: &str = "playback-engines";

/// Its figures, as it prints them.
pub(super) fn measure(workspace: &Workspace, rounds: u8) -> Result<Value> {
    say::detail("building the engines: the first time this takes some minutes");
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
    let mut engines = Command::new(folder.join("release").join(PROGRAM));
    // Its progress is told on stderr all the while.
    let output = engines
        .args(["--rounds", &rounds.to_string()])
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start `{PROGRAM}`"))?;
    ensure!(output.status.success(), "`{PROGRAM}` failed");
    serde_json::from_slice(&output.stdout)
        .with_context(|| format!("`{PROGRAM}` printed something else"))
}
