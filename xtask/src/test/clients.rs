//! Fastly's official clients, with which the tests talk to the local purge API.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::python;
use crate::workspace::Workspace;
use crate::{process, say};

const NPM_PACKAGES: [&str; 2] = ["@fastly/cli@16.1.0", "fastly@13.0.0"];
const PYTHON_PACKAGE: &str = "fastly==15.0.0";

/// What the folder holds, as it is written down when everything is in place.
const MARKER: &str = "installed.txt";

/// Where the clients are.
#[derive(Debug, Clone)]
pub(super) struct Clients {
    /// Has `node_modules` and `venv`.
    pub(super) folder: PathBuf,
    /// The command line.
    pub(super) cli: PathBuf,
}

/// Finds the clients below the target folder, or installs them there.
pub(super) fn install(workspace: &Workspace) -> Result<Clients> {
    let folder = workspace.target("clients");
    let clients = Clients {
        cli: folder.join("node_modules/.bin/fastly"),
        folder,
    };
    let wanted = format!("{}\n{PYTHON_PACKAGE}\n", NPM_PACKAGES.join("\n"));
    let marker = clients.folder.join(MARKER);
    if fs::read_to_string(&marker).is_ok_and(|installed| installed == wanted) {
        return Ok(clients);
    }
    say::step("Installing Fastly's official clients, from npm and PyPI");
    fs::create_dir_all(&clients.folder)?;
    from_npm(&clients).context("cannot install Fastly's clients for Node.js")?;
    python::install(&clients.folder.join("venv"), &[PYTHON_PACKAGE])
        .context("cannot install Fastly's client for Python")?;
    fs::write(&marker, wanted)?;
    Ok(clients)
}

fn from_npm(clients: &Clients) -> Result<()> {
    if !process::exists("npm") {
        bail!(
            "there is no `npm`: install Node.js with npm (on Debian `apt-get install nodejs npm`)"
        );
    }
    let mut npm = Command::new("npm");
    npm.args([
        "install",
        "--silent",
        "--no-audit",
        "--no-fund",
        "--no-save",
        "--prefix",
    ]);
    process::output(npm.arg(&clients.folder).args(NPM_PACKAGES)).map(drop)
}
