//! Copies of a Wasm that binaryen's `wasm-opt` has been through.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::workspace::Workspace;
use crate::{npm, process, say};

/// To the last digit: what is measured has a name.
pub(super) const VERSION: &str = "131.0.0";

/// For speed, then for size.
const LEVELS: [&str; 4] = ["-O3", "-O4", "-Os", "-Oz"];

/// Each level with its copy; none where there is no `wasm-opt`.
pub(super) fn all(
    workspace: &Workspace,
    wasm: &Path,
    is_installed: bool,
) -> Result<Vec<(&'static str, PathBuf)>> {
    let folder = workspace.target(&format!("tools/binaryen-{VERSION}"));
    let program = folder.join("node_modules/binaryen/bin/wasm-opt");
    if !program.exists() && is_installed {
        npm::install(&folder, "binaryen", VERSION)?;
    }
    if !program.exists() {
        say::detail(&format!(
            "without wasm-opt: `cargo xtask bench --only cold --install` gets it \
             (npm: binaryen {VERSION}, below the target folder)"
        ));
        return Ok(Vec::new());
    }
    let bytes = fs::read(wasm).with_context(|| format!("cannot read {}", wasm.display()))?;
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let name = format!("{:016x}", hasher.finish());
    let folder = workspace.target("bench/optimised");
    fs::create_dir_all(&folder)?;
    let copies = LEVELS.into_iter().map(|level| {
        let copy = folder.join(format!("{name}{level}.wasm"));
        // It takes half a minute, so what is there already stays.
        if !copy.exists() {
            say::detail(&format!("wasm-opt {level}"));
            optimise(&program, wasm, level, &copy)?;
        }
        Ok((level, copy))
    });
    copies.collect()
}

/// Names are kept, as they are in the original. Which features the program may use, it tells itself.
fn optimise(program: &Path, wasm: &Path, level: &str, to: &Path) -> Result<()> {
    let unfinished = to.with_extension("unfinished");
    let mut wasm_opt = Command::new(program);
    wasm_opt
        .arg(wasm)
        .args([level, "-g", "-o"])
        .arg(&unfinished);
    process::output(&mut wasm_opt)?;
    fs::rename(&unfinished, to).with_context(|| format!("cannot write {}", to.display()))
}
