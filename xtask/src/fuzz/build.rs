//! The programs that libFuzzer drives: one for each target, built by cargo-fuzz.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::tool::Tool;
use crate::workspace::Workspace;
use crate::{apt, process, say};

const CARGO_FUZZ: Tool<'_> = Tool {
    name: "cargo-fuzz",
    package: "cargo-fuzz",
    version: "0.13.2",
    program: "cargo-fuzz",
};

const FOLDER: &str = "fuzz/targets";

/// Where the programs lie.
pub(super) struct Programs(PathBuf);

/// The names of all targets.
pub(super) fn targets(workspace: &Workspace) -> Result<Vec<String>> {
    let entries = fs::read_dir(workspace.file(FOLDER))
        .with_context(|| format!("cannot read the folder {FOLDER}"))?;
    let name = |path: PathBuf| {
        let is_program = path.extension().is_some_and(|extension| extension == "rs");
        is_program.then(|| Some(path.file_stem()?.to_string_lossy().into_owned()))?
    };
    let mut targets: Vec<String> = entries
        .flatten()
        .filter_map(|entry| name(entry.path()))
        .collect();
    targets.sort_unstable();
    Ok(targets)
}

impl Programs {
    pub(super) fn build(workspace: &Workspace) -> Result<Self> {
        // libFuzzer itself is compiled with the targets.
        if !process::exists("c++") {
            apt::install(&["g++"])?;
        }
        let cargo_fuzz = CARGO_FUZZ.find_or_install(workspace)?;
        say::step("Building the fuzz targets: some minutes the first time");
        // What is tried is what is deployed.
        let lock = workspace.file(FOLDER).join("Cargo.lock");
        fs::copy(workspace.file("Cargo.lock"), &lock)
            .with_context(|| format!("cannot write {}", lock.display()))?;
        let host = host()?;
        let folder = workspace.target("fuzz");
        let mut build = Command::new(cargo_fuzz);
        build
            .current_dir(workspace.root())
            .args(["build", "--fuzz-dir", FOLDER, "--target", &host])
            .arg("--target-dir")
            .arg(&folder)
            // Sanitizers look for what only unsafe code does, and ours has none. Without one targets run
            // several times as fast, and a stable compiler will do.
            .args(["--sanitizer", "none"]);
        process::run(&mut build)?;
        Ok(Self(folder.join(host).join("release")))
    }

    pub(super) fn program(&self, target: &str) -> PathBuf {
        self.0
            .join(target)
            .with_extension(std::env::consts::EXE_EXTENSION)
    }
}

/// The platform that the compiler runs on.
fn host() -> Result<String> {
    let version = process::output(Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("`rustc -vV` names no host")
}
