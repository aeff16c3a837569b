//! Python packages in a virtual environment, below the target folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::{apt, process, say};

/// Installs packages into a virtual environment, which is made if need be. Answers its Python.
pub(super) fn install(venv: &Path, packages: &[&str]) -> Result<PathBuf> {
    let make = || process::output(Command::new("python3").args(["-m", "venv"]).arg(venv));
    make().or_else(|_| {
        say::detail("Python cannot make a virtual environment: Debian keeps that part in a package of its own");
        apt::install(&["python3-venv"])?;
        make()
    })?;
    let python = venv.join("bin/python");
    let mut pip = Command::new(&python);
    process::output(pip.args(["-m", "pip", "install", "--quiet"]).args(packages))?;
    Ok(python)
}
