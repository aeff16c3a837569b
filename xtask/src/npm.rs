//! Packages of npm, below the target folder.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::{process, say};

/// Puts one version of a package into a folder of its own. No script of the package is run.
pub(crate) fn install(folder: &Path, package: &str, version: &str) -> Result<()> {
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts"])
        .arg("--prefix")
        .arg(folder)
        .arg(format!("{package}@{version}"));
    say::detail(&format!("running `{}`", process::shown(&npm)));
    process::output(&mut npm).map(drop)
}
