//! The program that lets Node run tests compiled to Wasm.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use toml::{Table, Value};

use crate::workspace::Workspace;
use crate::{process, say};

const RUNNER: &str = "wasm-bindgen-test-runner";

/// Finds the runner below the target folder, or builds it. Runner and library must be of one version,
/// to the last digit: `Cargo.lock` says which.
pub(super) fn runner(workspace: &Workspace) -> Result<PathBuf> {
    if !process::exists("node") {
        bail!(
            "the policy crate's tests in Wasm need Node.js: install it (on Debian `apt-get install nodejs`)"
        );
    }
    let lock =
        std::fs::read_to_string(workspace.file("Cargo.lock")).context("cannot read Cargo.lock")?;
    let version = locked_version(&lock)?;
    let root = workspace.target(&format!("tools/wasm-bindgen-{version}"));
    let runner = root
        .join("bin")
        .join(RUNNER)
        .with_extension(std::env::consts::EXE_EXTENSION);
    if !runner.exists() {
        say::step(&format!(
            "Installing wasm-bindgen-cli {version}, once: some minutes"
        ));
        // With its own lock file first. A mirror may lack one of the exact versions in there.
        install(workspace, &version, &root, &["--locked"]).or_else(|error| {
            say::detail(&format!("{error}; once more, without its lock file"));
            install(workspace, &version, &root, &[])
        })?;
    }
    Ok(runner)
}

fn install(
    workspace: &Workspace,
    version: &str,
    root: &std::path::Path,
    options: &[&str],
) -> Result<()> {
    let mut cargo = workspace.cargo();
    cargo
        .args(["install", "--quiet", "--version", version, "--root"])
        .arg(root)
        // Unoptimised, without TLS and without line numbers it builds in a third of the time, and runs long enough.
        .args(["--debug", "--no-default-features"])
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        // Beside our own: its dependencies are others, and their folder can be deleted on its own.
        .env("CARGO_TARGET_DIR", workspace.target("tools/build"))
        .args(options)
        .arg("wasm-bindgen-cli");
    process::run(&mut cargo)
}

fn locked_version(lock: &str) -> Result<String> {
    let lock: Table = lock.parse().context("Cargo.lock is not as expected")?;
    let packages = lock
        .get("package")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let named =
        |package: &&Value| package.get("name").and_then(Value::as_str) == Some("wasm-bindgen");
    let version = packages
        .filter(|package| named(package))
        .find_map(|package| package.get("version")?.as_str());
    version
        .map(str::to_owned)
        .context("Cargo.lock has no `wasm-bindgen`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_is_the_one_in_the_lock_file() {
        let lock = "[[package]]\nname = \"wasm\"\nversion = \"1.0.0\"\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"";
        assert_eq!(locked_version(lock).expect("a version"), "0.2.130");
        assert!(locked_version("[[package]]\nname = \"other\"\nversion = \"1.0.0\"").is_err());
    }
}
