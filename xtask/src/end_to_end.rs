//! The programs that the end-to-end tests start, for commands that run some of these tests by themselves.

use std::path::PathBuf;

use anyhow::Result;

use crate::wasm_toolchain::{WasmChoice, WasmTarget, WasmToolchain};
use crate::workspace::Workspace;
use crate::{build, native};

/// A program that the tests start, as a variable that names it.
pub(crate) type Built = (&'static str, PathBuf);

/// What nearly all of these tests start. What the environment names already is taken as it is.
pub(crate) fn programs(workspace: &Workspace, choice: WasmChoice) -> Result<Vec<Built>> {
    let edge = || build::edge(workspace, &toolchain(choice)?);
    Ok(vec![
        named_or("PLAYBACK_WASM", edge)?,
        named_or("ORIGIN_STUB_BIN", || native::origin_stub(workspace))?,
        named_or("LOCAL_POP_BIN", || native::local_pop(workspace))?,
    ])
}

/// Editions of the edge program that share one cache.
pub(crate) fn editions(workspace: &Workspace, choice: WasmChoice) -> Result<Built> {
    let editions = || build::editions(workspace, &toolchain(choice)?);
    named_or("PLAYBACK_EDITIONS_WASM", editions)
}

fn toolchain(choice: WasmChoice) -> Result<WasmToolchain> {
    WasmToolchain::find(choice, WasmTarget::Wasip1)
}

fn named_or(variable: &'static str, build: impl FnOnce() -> Result<PathBuf>) -> Result<Built> {
    let named = std::env::var_os(variable).map(PathBuf::from);
    Ok((variable, named.map_or_else(build, Ok)?))
}
