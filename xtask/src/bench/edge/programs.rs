//! The programs that are put under load, and POPs around them.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::bench::pop::{self, Pop, Setup};
use crate::build;
use crate::children::Interrupt;
use crate::wasm_toolchain::{WasmChoice, WasmTarget, WasmToolchain};
use crate::workspace::Workspace;

/// The Wasm of each, and of its copy that uses a sandbox once.
pub(super) struct Programs {
    pub(super) constant: Twice,
    pub(super) floor: Twice,
    pub(super) ours: Twice,
}

pub(super) struct Twice {
    pub(super) reused: PathBuf,
    pub(super) single_use: PathBuf,
}

impl Programs {
    pub(super) fn build(workspace: &Workspace) -> Result<Self> {
        let toolchain = WasmToolchain::find(WasmChoice::Auto, WasmTarget::Wasip1)?;
        build::build_single_use(workspace, &toolchain)?;
        let twice = |package| {
            Ok::<_, anyhow::Error>(Twice {
                reused: pop::built(workspace, package)?,
                single_use: build::single_use(workspace, &toolchain, package),
            })
        };
        Ok(Self {
            constant: twice("bench-constant")?,
            floor: twice("bench-floor")?,
            ours: twice(build::EDGE)?,
        })
    }

    pub(super) fn constant(&self, workspace: &Workspace, interrupt: &Interrupt) -> Result<Pop> {
        start(
            workspace,
            "constant",
            &self.constant.reused,
            None,
            interrupt,
        )
    }

    pub(super) fn floor(&self, workspace: &Workspace, interrupt: &Interrupt) -> Result<Pop> {
        start(workspace, "floor", &self.floor.reused, None, interrupt)
    }

    /// `constant`, `floor` and ours, where no sandbox is used again.
    pub(super) fn single_use(
        &self,
        workspace: &Workspace,
        origin: &str,
        interrupt: &Interrupt,
    ) -> Result<[Pop; 3]> {
        let start = |name, program: &Twice, origin| {
            start(workspace, name, &program.single_use, origin, interrupt)
        };
        Ok([
            start("single-constant", &self.constant, None)?,
            start("single-floor", &self.floor, None)?,
            start("single-ours", &self.ours, Some(origin))?,
        ])
    }
}

fn start(
    workspace: &Workspace,
    name: &'static str,
    wasm: &Path,
    origin: Option<&str>,
    interrupt: &Interrupt,
) -> Result<Pop> {
    let setup = Setup {
        name,
        wasm,
        origin,
        tells_memory: false,
    };
    Pop::start(workspace, setup, interrupt)
}
