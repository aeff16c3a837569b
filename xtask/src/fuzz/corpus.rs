//! Inputs: those that are kept in the tree, those made of tables and demo, and those that runs found.

use std::fs;
use std::hash::{DefaultHasher, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::build::Programs;
use super::smallest;
use crate::workspace::Workspace;
use crate::{process, say};

/// What the names of inputs begin with that nobody gave a name. A digest follows, so that an input keeps
/// its name as long as it is kept.
const CHOSEN: &str = "input-";

/// The inputs in the tree.
pub(super) fn kept(workspace: &Workspace, target: &str) -> PathBuf {
    workspace.file("fuzz/corpus").join(target)
}

/// What runs on this machine found.
pub(super) fn found(workspace: &Workspace, target: &str) -> PathBuf {
    workspace.target("fuzz/corpus").join(target)
}

/// What [`write_seeds`] wrote.
pub(super) fn seeds(workspace: &Workspace, target: &str) -> PathBuf {
    workspace.target("fuzz/seeds").join(target)
}

/// Makes inputs of the scenario tables and the demo as they are now.
pub(super) fn write_seeds(workspace: &Workspace) -> Result<()> {
    say::step("Making first inputs of the scenario tables and the demo");
    let folder = workspace.target("fuzz/seeds");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let mut cargo = workspace.cargo();
    cargo
        .args(["run", "--quiet", "--package", "playback-fuzz"])
        .args(["--example", "seeds", "--"])
        .arg(folder);
    process::output(&mut cargo).map(|count| say::detail(count.trim()))
}

/// Replaces the kept inputs by few and small ones that reach most of what any known input reaches. How
/// often something is reached does not count. An input that somebody gave a name stays.
pub(super) fn minimise(workspace: &Workspace, programs: &Programs, target: &str) -> Result<()> {
    let kept = kept(workspace, target);
    fs::create_dir_all(&kept)?;
    let folder = workspace.target("fuzz/merge");
    let (merged, control) = (folder.join("merged"), folder.join("control"));
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&merged)?;
    let mut merge = Command::new(programs.program(target));
    merge
        .args(["-merge=1", "-set_cover_merge=1", "-use_counters=0"])
        .arg(format!("-merge_control_file={}", control.display()))
        .arg(merged);
    let known = [&kept, &found(workspace, target), &seeds(workspace, target)];
    process::output(merge.args(known.into_iter().filter(|folder| folder.exists())))?;
    let control = fs::read_to_string(&control).context("the merge left no control file")?;
    let all = smallest::read(&control)?;
    let is_named = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        path.starts_with(&kept) && !name.starts_with(CHOSEN)
    };
    // Read before the old ones are removed, since they may be among them.
    let chosen = smallest::choose(&all)
        .into_iter()
        .filter(|reach| !is_named(&reach.input))
        .map(|reach| fs::read(&reach.input).with_context(|| reach.input.display().to_string()))
        .collect::<Result<Vec<_>>>()?;
    for old in fs::read_dir(&kept)?.flatten() {
        if !is_named(&old.path()) {
            fs::remove_file(old.path())?;
        }
    }
    for input in &chosen {
        let mut digest = DefaultHasher::new();
        digest.write(input);
        fs::write(
            kept.join(format!("{CHOSEN}{:016x}", digest.finish())),
            input,
        )?;
    }
    let size = say::size(chosen.iter().map(|input| input.len() as u64).sum());
    say::detail(&format!("{target}: {} inputs, {size}", chosen.len()));
    Ok(())
}
