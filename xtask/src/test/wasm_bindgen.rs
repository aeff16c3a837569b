//! The program that lets Node run tests compiled to Wasm.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use toml::{Table, Value};

use crate::process;
use crate::tool::Tool;
use crate::workspace::Workspace;

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
    let tool = Tool {
        name: "wasm-bindgen",
        package: "wasm-bindgen-cli",
        version: &version,
        program: RUNNER,
    };
    tool.find_or_install(workspace)
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
