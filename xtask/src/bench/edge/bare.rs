//! A POP with a program that does next to nothing: what any program costs.

use std::process::Command;

use anyhow::{Context as _, Result};

use crate::bench::load::Load;
use crate::children::{Interrupt, Running};
use crate::wasm_toolchain::{WasmChoice, WasmTarget, WasmToolchain};
use crate::workspace::Workspace;
use crate::{native, process, say};

/// A POP of its own.
pub(in crate::bench) struct Bare {
    url: String,
    running: Option<Running>,
}

impl Bare {
    /// Builds the package and starts it.
    pub(in crate::bench) fn start(
        workspace: &Workspace,
        package: &'static str,
        interrupt: &Interrupt,
    ) -> Result<Self> {
        say::step(&format!("Building {package}"));
        let toolchain = WasmToolchain::find(WasmChoice::Auto, WasmTarget::Wasip1)?;
        let mut build = toolchain.cargo(workspace, "build");
        process::run(build.args(["--release", "--package", package]))?;
        let mut pop: Command = native::program(&workspace.program("local-pop"), workspace);
        pop.arg("--wasm")
            .arg(toolchain.release(workspace, package))
            .arg("--config")
            .arg(workspace.file("fastly.toml"))
            .args(["--pop", "bare=127.0.0.1:0", "--purge-listen", "127.0.0.1:0"])
            .args([
                "--service-id",
                "bare",
                "--purge-token",
                "bare",
                "--perf-map",
            ]);
        let folder = workspace.target("bench");
        std::fs::create_dir_all(&folder)?;
        let mut running = Running::start(package, &mut pop, &folder)?;
        let ready = running.ready(interrupt)?;
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

    /// Where it answers, and its program; who has that ends it.
    pub(in crate::bench) fn into_parts(mut self) -> (String, Option<Running>) {
        (std::mem::take(&mut self.url), self.running.take())
    }

    pub(super) fn id(&self) -> Option<u32> {
        self.running.as_ref().map(Running::id)
    }

    pub(super) fn load(&self) -> Load {
        Load {
            url: self.url.clone(),
            status: 200,
            ..Load::default()
        }
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        // Its end is no part of the result.
        let _ = self.running.take().map(Running::stop);
    }
}
