//! The OpenAPI documents against the running system, by requests that Schemathesis makes up.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};

use super::python;
use crate::say;
use crate::workspace::Workspace;

/// Hypothesis too: another version would make up other requests.
const PACKAGES: [&str; 2] = ["schemathesis==4.32.5", "hypothesis==6.170.15"];

/// What the folder holds, as it is written down when everything is in place.
const MARKER: &str = "installed.txt";

const SCRIPT: &str = "tests/contract/run.py";

/// Each option of the script, and under which name its program was built.
const PROGRAMS: [(&str, &str); 3] = [
    ("--origin-stub", "ORIGIN_STUB_BIN"),
    ("--local-pop", "LOCAL_POP_BIN"),
    ("--wasm", "PLAYBACK_WASM"),
];

/// The call that starts the system and runs every test against it.
pub(super) fn command(
    workspace: &Workspace,
    built: &BTreeMap<&'static str, PathBuf>,
) -> Result<Command> {
    let mut command = Command::new(python(workspace)?);
    command.current_dir(workspace.root()).arg(SCRIPT);
    for (option, name) in PROGRAMS {
        let program = built
            .get(name)
            .with_context(|| format!("{name} was not built"))?;
        command.arg(option).arg(program);
    }
    Ok(command)
}

/// The Python that has Schemathesis, found below the target folder or installed there.
fn python(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.target("contract");
    let (venv, marker) = (folder.join("venv"), folder.join(MARKER));
    let wanted = PACKAGES.join("\n");
    if fs::read_to_string(&marker).is_ok_and(|installed| installed == wanted) {
        return Ok(venv.join("bin/python"));
    }
    say::step("Installing Schemathesis, from PyPI");
    fs::create_dir_all(&folder)?;
    let python = python::install(&venv, &PACKAGES).context("cannot install Schemathesis")?;
    fs::write(&marker, wanted)?;
    Ok(python)
}
