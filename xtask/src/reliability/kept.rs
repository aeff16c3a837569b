//! The figures that the page is made of, part by part, each with the run that it is of.

use std::fs;
use std::io::ErrorKind;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::{Map, Value};

use crate::process;
use crate::workspace::Workspace;

const FIGURES: &str = "docs/reliability.json";

/// What a run is called: its day, and the commit it was made with.
pub(super) fn run(workspace: &Workspace) -> Result<String> {
    let output = |program: &str, arguments: &[&str]| {
        let mut command = Command::new(program);
        process::output(command.current_dir(workspace.root()).args(arguments))
    };
    let day = output("date", &["-u", "+%F"])?;
    let commit = output("git", &["rev-parse", "--short", "HEAD"])?;
    let changed = output("git", &["status", "--porcelain", "--untracked-files=no"])?;
    let changed = match changed.trim() {
        "" => "",
        _ => " and what was not committed yet",
    };
    Ok(format!("{}, commit {}{changed}", day.trim(), commit.trim()))
}

/// These figures, and those of other parts as they were kept.
pub(super) fn with(workspace: &Workspace, measured: Map<String, Value>) -> Result<Value> {
    let text = match fs::read_to_string(workspace.file(FIGURES)) {
        Err(error) if error.kind() == ErrorKind::NotFound => "{}".to_owned(),
        read => read.with_context(|| format!("cannot read {FIGURES}"))?,
    };
    let mut figures: Map<String, Value> =
        serde_json::from_str(&text).with_context(|| format!("{FIGURES} is not as expected"))?;
    figures.extend(measured);
    Ok(figures.into())
}

pub(super) fn keep(workspace: &Workspace, figures: &Value) -> Result<()> {
    let text = serde_json::to_string_pretty(figures)? + "\n";
    fs::write(workspace.file(FIGURES), text).with_context(|| format!("cannot write {FIGURES}"))
}
