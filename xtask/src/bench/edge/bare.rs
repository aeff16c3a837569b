//! A POP with a program that answers the same body to everybody: the least that any program costs.

use std::process::Command;

use anyhow::{Context as _, Result};

use crate::bench::load::Load;
use crate::children::{Interrupt, Running};
use crate::wasm_toolchain::{WasmChoice, WasmTarget, WasmToolchain};
use crate::workspace::Workspace;
use crate::{native, process, say};

const PACKAGE: &str = "bench-constant";

pub(super) struct Constant {
    url: String,
    running: Option<Running>,
}

impl Constant {
    pub(super) fn start(workspace: &Workspace) -> Result<Self> {
        say::step("Building the constant program");
        let toolchain = WasmToolchain::find(WasmChoice::Auto, WasmTarget::Wasip1)?;
        let mut build = toolchain.cargo(workspace, "build");
        process::run(build.args(["--release", "--package", PACKAGE]))?;
        let mut pop: Command = native::program(&workspace.program("local-pop"), workspace);
        pop.arg("--wasm")
            .arg(toolchain.release(workspace, PACKAGE))
            .arg("--config")
            .arg(workspace.file("fastly.toml"))
            .args([
                "--pop",
                "constant=127.0.0.1:0",
                "--purge-listen",
                "127.0.0.1:0",
            ])
            .args(["--service-id", "constant", "--purge-token", "constant"]);
        let folder = workspace.target("bench");
        std::fs::create_dir_all(&folder)?;
        let mut running = Running::start("constant-pop", &mut pop, &folder)?;
        let ready = running.ready(&Interrupt::catch()?)?;
        let listen = ready
            .pointer("/pops/0/listen")
            .and_then(serde_json::Value::as_str);
        let url = format!(
            "http://{}/",
            listen.context("the POP tells where it listens")?
        );
        Ok(Self {
            url,
            running: Some(running),
        })
    }

    pub(super) fn load(&self) -> Load {
        Load {
            url: self.url.clone(),
            status: 200,
            ..Load::default()
        }
    }
}

impl Drop for Constant {
    fn drop(&mut self) {
        // Its end is no part of the result.
        let _ = self.running.take().map(Running::stop);
    }
}
