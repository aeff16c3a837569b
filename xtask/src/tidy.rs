//! `cargo xtask tidy`: what holds in this tree and no compiler checks.

mod arrows;
mod paths;
mod scenarios;
mod sources;

use std::fs;
use std::process::Command;

use anyhow::{Result, bail};

use crate::workspace::Workspace;
use crate::{process, say};

/// A text file of the working tree.
#[derive(Debug)]
pub(crate) struct TextFile {
    /// Below the root, with `/` between folders.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// What is wrong, or nearly wrong, and where.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    problems: Vec<String>,
    warnings: Vec<String>,
}

// === impl Findings ===

impl Findings {
    /// Must be put right.
    pub(crate) fn problem(&mut self, text: String) {
        self.problems.push(text);
    }

    /// Worth a look.
    pub(crate) fn warning(&mut self, text: String) {
        self.warnings.push(text);
    }
}

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    say::step("Checking what the compiler does not");
    let files = text_files(workspace)?;
    let mut findings = Findings::default();
    arrows::check(&files, &mut findings);
    sources::check(&files, &mut findings);
    scenarios::check(&files, &mut findings);
    paths::check(&files, &mut findings);
    if !files.iter().any(|file| file.path == "CHANGELOG.md") {
        findings
            .problem("there is no CHANGELOG.md: it tells readers what changed for them".to_owned());
    }
    for warning in &findings.warnings {
        say::detail(&format!("warning: {warning}"));
    }
    for problem in &findings.problems {
        say::detail(&format!("problem: {problem}"));
    }
    match findings.problems.len() {
        0 => Ok(()),
        1 => bail!("tidy found 1 problem"),
        many => bail!("tidy found {many} problems"),
    }
}

/// Every text file that is committed or about to be.
fn text_files(workspace: &Workspace) -> Result<Vec<TextFile>> {
    let mut git = Command::new("git");
    git.current_dir(workspace.root());
    git.args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]);
    let paths = process::output(&mut git)?;
    let files = paths.split_terminator('\0').filter_map(|path| {
        // Neither a deleted file nor one that is not text is looked at.
        let text = fs::read_to_string(workspace.file(path)).ok()?;
        Some(TextFile {
            path: path.to_owned(),
            text,
        })
    });
    Ok(files.collect())
}

/// Files to try a check on.
#[cfg(test)]
fn files<const N: usize>(files: [(&str, &str); N]) -> Vec<TextFile> {
    files
        .map(|(path, text)| TextFile {
            path: path.to_owned(),
            text: text.to_owned(),
        })
        .into()
}
