//! Programs that cargo installs, below the target folder: nobody has to have them, and nobody's own are
//! touched.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{process, say};

/// One program of a package.
#[derive(Debug)]
pub(crate) struct Tool<'a> {
    /// What its folder is called, before the version.
    pub(crate) name: &'a str,
    pub(crate) package: &'a str,
    /// To the last digit.
    pub(crate) version: &'a str,
    pub(crate) program: &'a str,
}

impl Tool<'_> {
    /// The program's path; installed first if it is not there.
    pub(crate) fn find_or_install(&self, workspace: &Workspace) -> Result<PathBuf> {
        let root = workspace.target(&format!("tools/{}-{}", self.name, self.version));
        let program = root
            .join("bin")
            .join(self.program)
            .with_extension(std::env::consts::EXE_EXTENSION);
        if !program.exists() {
            say::step(&format!(
                "Installing {} {}, once: some minutes",
                self.package, self.version
            ));
            // With its own lock file first. A mirror may lack one of the exact versions in there.
            self.install(workspace, &root, &["--locked"])
                .or_else(|error| {
                    say::detail(&format!("{error}; once more, without its lock file"));
                    self.install(workspace, &root, &[])
                })?;
        }
        Ok(program)
    }

    fn install(&self, workspace: &Workspace, root: &Path, options: &[&str]) -> Result<()> {
        let mut cargo = workspace.cargo();
        cargo
            .args(["install", "--quiet", "--version", self.version, "--root"])
            .arg(root)
            // Unoptimised, without TLS and without line numbers it builds in a third of the time, and
            // runs long enough.
            .args(["--debug", "--no-default-features"])
            .env("CARGO_PROFILE_DEV_DEBUG", "false")
            // Beside our own: its dependencies are others, and their folder can be deleted on its own.
            .env("CARGO_TARGET_DIR", workspace.target("tools/build"))
            .args(options)
            .arg(self.package);
        process::run(&mut cargo)
    }
}
