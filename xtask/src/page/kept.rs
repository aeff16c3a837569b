//! The figures that a page is made of, part by part, each with the run that it is of. They lie beside the
//! page, so that who measures one part alone can write the page whole.

use std::fs;
use std::io::ErrorKind;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::{Map, Value};

use crate::process;
use crate::workspace::Workspace;

/// What a run is called: its day, and the commit it was made with.
pub(crate) fn run(workspace: &Workspace) -> Result<String> {
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

/// These figures, and those of other parts as they were kept in `file`.
pub(crate) fn with(
    workspace: &Workspace,
    file: &str,
    measured: Map<String, Value>,
) -> Result<Value> {
    let text = match fs::read_to_string(workspace.file(file)) {
        Err(error) if error.kind() == ErrorKind::NotFound => "{}".to_owned(),
        read => read.with_context(|| format!("cannot read {file}"))?,
    };
    let mut figures: Map<String, Value> =
        serde_json::from_str(&text).with_context(|| format!("{file} is not as expected"))?;
    figures.extend(measured);
    Ok(figures.into())
}

pub(crate) fn keep(workspace: &Workspace, file: &str, figures: &Value) -> Result<()> {
    let text = serde_json::to_string_pretty(figures)? + "\n";
    fs::write(workspace.file(file), text).with_context(|| format!("cannot write {file}"))
}
