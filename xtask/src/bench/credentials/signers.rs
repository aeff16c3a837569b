//! Whoever signs viewer tokens: a program of its own, so that this one needs no cryptography.

use anyhow::{Context as _, Result};
use serde::Deserialize;

use super::account::{ACCOUNT, VIDEO};
use crate::workspace::Workspace;
use crate::{process, say};

const PROGRAM: &str = "sign-tokens";

/// What one key pair signed.
#[derive(Debug, Deserialize)]
pub(super) struct Signer {
    /// `EdDSA`, `ES256` or `RS256`.
    pub(super) algorithm: String,
    /// As the CMS takes it.
    pub(super) public_key: String,
    /// All different, each good for the account's video.
    pub(super) tokens: Vec<String>,
}

/// Makes a key pair of each algorithm, and signs so many tokens with each.
pub(super) fn sign(workspace: &Workspace, count: u32) -> Result<Vec<Signer>> {
    say::step("Signing viewer tokens");
    let mut build = workspace.cargo();
    build.args(["build", "--package", "playback-bench", "--bin", PROGRAM]);
    process::run(&mut build)?;
    let mut sign = std::process::Command::new(workspace.program(PROGRAM));
    let signed = process::output(sign.args([ACCOUNT, VIDEO, &count.to_string()]))?;
    serde_json::from_str(&signed).with_context(|| format!("`{PROGRAM}` printed something else"))
}
