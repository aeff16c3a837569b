//! workerd: countries and keys are modules beside the Worker's own.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use super::{authorization, origin_host, write};
use crate::bench::peers::install;
use crate::bench::peers::stage::Stage;

pub(super) fn prepare(stage: &Stage<'_>, folder: &Path, listen: SocketAddr) -> Result<Command> {
    let countries = serde_json::to_string(&stage.countries)?;
    write(folder, "countries.json", &countries)?;
    let keys: BTreeMap<_, _> = stage.parts.signing_keys().into_iter().collect();
    write(folder, "signing_keys.json", &serde_json::to_string(&keys)?)?;
    let program = install::workerd(stage.workspace).context("workerd runs on this machine")?;
    let mut workerd = Command::new(program);
    workerd.args(["serve", "config.capnp"]);
    workerd.arg(format!("--socket-addr=http={listen}"));
    workerd.arg(format!("--external-addr=origin={}", origin_host(stage)?));
    workerd.env("ORIGIN_AUTHORIZATION", authorization(stage));
    Ok(workerd)
}
