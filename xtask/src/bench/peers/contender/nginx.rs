//! nginx: the countries are a `map`, the keys are in the environment of its workers.

use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::{authorization, origin_host, write};
use crate::bench::peers::stage::Stage;

pub(super) const PROGRAM: &str = "/usr/sbin/nginx";
pub(super) const NJS: &str = "/usr/lib/nginx/modules/ngx_http_js_module.so";

pub(super) fn prepare(stage: &Stage<'_>, folder: &Path, listen: SocketAddr) -> Result<Command> {
    let mut tables = format!(
        "upstream origin {{ server {}; keepalive 8; }}\n\
         map \"\" $origin_authorization {{ default \"{}\"; }}\n",
        origin_host(stage)?,
        authorization(stage)
    );
    let header = stage.parts.viewer_header().to_lowercase().replace('-', "_");
    let _ = writeln!(tables, "map $http_{header} $country {{\n    default \"\";");
    for (address, country) in &stage.countries {
        let _ = writeln!(tables, "    \"{address}\" {country};");
    }
    tables.push_str("}\n");
    write(folder, "tables.conf", &tables)?;
    write(folder, "server.conf", &format!("listen {listen};\n"))?;

    let keys = stage.parts.signing_keys();
    let mut main = String::new();
    for (number, _) in &keys {
        let _ = writeln!(main, "env SIGNING_KEY_{number};");
    }
    // Started by root, its workers would become somebody who cannot read the folder.
    if stage.is_root {
        main.push_str("user root;\n");
    }
    write(folder, "main.conf", &main)?;
    fs::create_dir_all(folder.join("tmp"))?;

    let mut nginx = Command::new(PROGRAM);
    nginx
        .arg("-p")
        .arg(folder)
        .args(["-c", "nginx.conf", "-e", "stderr"]);
    for (number, secret) in &keys {
        nginx.env(format!("SIGNING_KEY_{number}"), secret);
    }
    Ok(nginx)
}
