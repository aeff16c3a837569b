//! Installs Debian packages, where there is a Debian and the right to do so.

use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::{process, say};

/// Makes sure that the packages are there; does nothing, and needs no rights, if they are.
///
/// # Errors
///
/// Without `apt-get`, or without the rights to use it: the error says what to type instead.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    let missing: Vec<&str> = packages
        .iter()
        .copied()
        .filter(|package| !is_installed(package))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let by_hand = format!("apt-get install {}", missing.join(" "));
    if !process::exists("apt-get") {
        bail!(
            "there is no `apt-get` here to install {}",
            missing.join(", ")
        );
    }
    let Some(rights) = Rights::find() else {
        bail!("no rights to install packages: run `{by_hand}` as root, then try again");
    };
    say::detail(&format!("running `{by_hand}`"));
    // A stale package list names files that the mirror no longer has.
    apt_get(rights, &["update"])
        .with_context(|| format!("cannot refresh the package list for `{by_hand}`"))?;
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(missing);
    apt_get(rights, &arguments)
}

/// The version of a package that is installed.
pub(crate) fn version(package: &str) -> Option<String> {
    let mut query = Command::new("dpkg-query");
    query.args(["--show", "--showformat=${Version}", package]);
    process::output(&mut query)
        .ok()
        .filter(|version| !version.is_empty())
}

fn is_installed(package: &str) -> bool {
    let mut query = Command::new("dpkg-query");
    process::output(query.args(["--show", "--showformat=${Status}", package]))
        .is_ok_and(|status| status.ends_with(" installed"))
}

/// How the rights of root are had.
#[derive(Debug, Clone, Copy)]
enum Rights {
    Root,
    Sudo,
}

impl Rights {
    fn find() -> Option<Self> {
        let id = process::output(Command::new("id").arg("-u")).ok()?;
        if id.trim() == "0" {
            return Some(Self::Root);
        }
        // `-n`: never ask for a password, which nobody may be there to type.
        process::output(Command::new("sudo").args(["-n", "true"]))
            .ok()
            .map(|_| Self::Sudo)
    }
}

fn apt_get(rights: Rights, arguments: &[&str]) -> Result<()> {
    let mut command = match rights {
        Rights::Root => Command::new("apt-get"),
        Rights::Sudo => {
            let mut command = Command::new("sudo");
            command.args(["-n", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
            command
        }
    };
    command
        .arg("--quiet=2")
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive");
    // Its chatter of unpacked files is wanted only when it fails, and then `output` tells it.
    process::output(&mut command).map(drop)
}
