//! A POP of its own, around any program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::load::Load;
use crate::children::{Interrupt, Running};
use crate::wasm_toolchain::{WasmChoice, WasmTarget, WasmToolchain};
use crate::workspace::Workspace;
use crate::{native, process, say};

/// A running POP; it ends with this value.
pub(super) struct Pop {
    url: String,
    running: Option<Running>,
    log: PathBuf,
}

/// What a POP is started with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setup<'a> {
    /// No two that run at the same time have the same.
    pub(super) name: &'static str,
    pub(super) wasm: &'a Path,
    /// The local origin, if the program asks one.
    pub(super) origin: Option<&'a str>,
    /// Whether it logs how much memory each sandbox has had. That takes time at each request.
    pub(super) tells_memory: bool,
}

/// Compiles one of our packages for the edge, and answers where the Wasm lies.
pub(super) fn built(workspace: &Workspace, package: &str) -> Result<PathBuf> {
    say::step(&format!("Building {package}"));
    let toolchain = WasmToolchain::find(WasmChoice::Auto, WasmTarget::Wasip1)?;
    let mut build = toolchain.cargo(workspace, "build");
    process::run(build.args(["--release", "--package", package]))?;
    Ok(toolchain.release(workspace, package))
}

impl Pop {
    /// Starts it, and waits until it listens. `local-pop` must have been built.
    pub(super) fn start(
        workspace: &Workspace,
        setup: Setup<'_>,
        interrupt: &Interrupt,
    ) -> Result<Self> {
        let mut pop: Command = native::program(&workspace.program("local-pop"), workspace);
        pop.arg("--wasm").arg(setup.wasm);
        pop.arg("--config").arg(workspace.file("fastly.toml"));
        if let Some(origin) = setup.origin {
            let backend = format!("local_server.backends.origin.url={origin:?}");
            pop.args(["--set", &backend]);
        }
        pop.args(["--pop", "bench=127.0.0.1:0"])
            .args(["--purge-listen", "127.0.0.1:0"])
            .args(["--service-id", "bench", "--purge-token", "bench"])
            .arg("--perf-map");
        if setup.tells_memory {
            pop.env("RUST_LOG", "warn,local_pop=info,viceroy_lib=info");
        }
        let folder = workspace.target("bench");
        fs::create_dir_all(&folder)?;
        let lines = folder.join(setup.name).with_extension("lines");
        // Of an earlier run; it may not be there.
        let _ = fs::remove_file(&lines);
        pop.arg("--endpoint-log").arg(lines);
        let mut running = Running::start(setup.name, &mut pop, &folder)?;
        let ready = running.ready(interrupt)?;
        let listen = ready
            .pointer("/pops/0/listen")
            .and_then(serde_json::Value::as_str);
        let listen = listen.context("the POP tells where it listens")?;
        Ok(Self {
            url: format!("http://{listen}"),
            log: folder.join(setup.name).with_extension("log"),
            running: Some(running),
        })
    }

    /// Where it answers, and its program; who has that ends it.
    pub(super) fn into_parts(mut self) -> (String, Option<Running>) {
        (std::mem::take(&mut self.url), self.running.take())
    }

    pub(super) fn id(&self) -> Result<u32> {
        let running = self.running.as_ref().context("it runs")?;
        Ok(running.id())
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Any request, answered 200.
    pub(super) fn load(&self, what: &'static str) -> Load {
        Load {
            what,
            url: format!("{}/", self.url),
            status: 200,
            ..Load::default()
        }
    }

    /// What it has logged by now.
    pub(super) fn log(&self) -> Result<String> {
        let shown = self.log.display();
        fs::read_to_string(&self.log).with_context(|| format!("cannot read {shown}"))
    }
}

impl Drop for Pop {
    fn drop(&mut self) {
        // Its end is no part of the result.
        let _ = self.running.take().map(Running::stop);
    }
}
