//! Getting the peers: Debian's packages, and npm's workerd below the target folder.

use std::path::PathBuf;

use anyhow::{Result, bail};
use serde::Serialize;

use crate::workspace::Workspace;
use crate::{apt, npm, say};

pub(super) const PACKAGES: [&str; 3] = ["varnish", "nginx", "libnginx-mod-http-js"];

/// To the last digit: what is measured has a name.
pub(super) const WORKERD: &str = "1.20261117.1";

/// A package that is here.
#[derive(Debug, Serialize)]
pub(super) struct Version {
    package: &'static str,
    version: String,
}

/// The packages of the peers that are here.
pub(super) fn versions(workspace: &Workspace) -> Vec<Version> {
    let of_debian = PACKAGES.into_iter().filter_map(|package| {
        let version = apt::version(package)?;
        Some(Version { package, version })
    });
    let workerd = workerd(workspace).filter(|program| program.exists());
    let of_npm = workerd.map(|_| Version {
        package: "workerd",
        version: WORKERD.to_owned(),
    });
    of_debian.chain(of_npm).collect()
}

pub(super) fn install(workspace: &Workspace) -> Result<()> {
    say::step("Installing the peers");
    apt::install(&PACKAGES)?;
    let Some(program) = workerd(workspace) else {
        bail!("npm has no workerd for this kind of machine");
    };
    if program.exists() {
        return Ok(());
    }
    npm::install(&folder(workspace), "workerd", WORKERD)
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
