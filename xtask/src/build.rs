//! `cargo xtask build`: the edge program, stripped, in the package that Fastly deploys.

mod editions;
mod package;
mod patched;
mod single_use;
mod strip;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::wasm_toolchain::{WasmChoice, WasmTarget, WasmToolchain};
use crate::workspace::Workspace;
use crate::{process, say};
pub(crate) use editions::editions;
pub(crate) use single_use::{build_single_use, single_use};
pub(crate) use strip::stripped;

/// The package of the edge program, and by that the name of the Wasm file and of the archive.
pub(crate) const EDGE: &str = "playback-edge";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Where the Rust standard library for Wasm comes from
    #[arg(long, value_enum, default_value_t = WasmChoice::Auto)]
    wasm_toolchain: WasmChoice,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    let toolchain = WasmToolchain::find(arguments.wasm_toolchain, WasmTarget::Wasip1)?;
    let built = edge(workspace, &toolchain)?;

    say::step("Packing");
    let with_names =
        fs::read(&built).with_context(|| format!("cannot read {}", built.display()))?;
    let manifest = fs::read(workspace.file("fastly.toml")).context("cannot read fastly.toml")?;
    let wasm =
        stripped(&with_names).with_context(|| format!("cannot strip {}", built.display()))?;
    let archive = package::archive(EDGE, &wasm, &manifest)?;

    told(
        workspace,
        &built,
        with_names.len(),
        "with names, for profilers",
    )?;
    // The CLI deploys what it finds under these two names.
    for (path, bytes, note) in [
        (workspace.file("bin/main.wasm"), &wasm, "stripped"),
        (
            workspace.file("pkg").join(EDGE).with_extension("tar.gz"),
            &archive,
            "the deployable package",
        ),
    ] {
        write(&path, bytes)?;
        told(workspace, &path, bytes.len(), note)?;
    }
    Ok(())
}

/// Compiles the edge program, names kept, and answers where it lies.
pub(crate) fn edge(workspace: &Workspace, toolchain: &WasmToolchain) -> Result<PathBuf> {
    say::step("Building the edge program");
    process::run(
        toolchain
            .cargo(workspace, "build")
            .args(["--release", "--package", EDGE]),
    )?;
    Ok(toolchain.release(workspace, EDGE))
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, bytes))
        .with_context(|| format!("cannot write {}", path.display()))
}

fn told(workspace: &Workspace, path: &Path, bytes: usize, note: &str) -> Result<()> {
    let size = say::size(u64::try_from(bytes)?);
    say::detail(&format!("{size:>12}  {}  ({note})", workspace.shown(path)));
    Ok(())
}
