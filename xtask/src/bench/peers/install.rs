//! Getting the peers: Debian's packages, and npm's workerd below the target folder.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::workspace::Workspace;
use crate::{apt, process, say};

pub(super) const PACKAGES: [&str; 3] = ["varnish", "nginx", "libnginx-mod-http-js"];

/// To the last digit: what is measured has a name.
pub(super) const WORKERD: &str = "1.20261117.1";

pub(super) fn install(workspace: &Workspace) -> Result<()> {
    say::step("Installing the peers");
    apt::install(&PACKAGES)?;
    let Some(program) = workerd(workspace) else {
        bail!("npm has no workerd for this kind of machine");
    };
    if program.exists() {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts"])
        .arg("--prefix")
        .arg(folder(workspace))
        .arg(format!("workerd@{WORKERD}"));
    say::detail(&format!("running `{}`", process::shown(&npm)));
    process::output(&mut npm).map(drop)
}

/// The program itself and not the script in front of it, which would be one process more.
pub(super) fn workerd(workspace: &Workspace) -> Option<PathBuf> {
    let machine = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "linux-64",
        ("linux", "aarch64") => "linux-arm64",
        _ => return None,
    };
    let package = format!("node_modules/@cloudflare/workerd-{machine}/bin/workerd");
    Some(folder(workspace).join(package))
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target(&format!("tools/workerd-{WORKERD}"))
}
