//! Copies of our packages with a text of theirs replaced, so that nothing of what they are for is in the
//! product. A patch that does not fit fails the build.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use toml::{Table, Value};

use crate::process;
use crate::wasm_toolchain::WasmToolchain;
use crate::workspace::Workspace;

/// One text of a copied file in place of another, which must be there once.
pub(super) struct Patch {
    pub(super) file: &'static str,
    pub(super) from: &'static str,
    pub(super) to: &'static str,
}

pub(super) fn manifest(file: &Path) -> Result<Table> {
    let shown = file.display();
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {shown}"))?;
    text.parse()
        .with_context(|| format!("{shown} is no manifest"))
}

/// Gives a package a name that no other has.
pub(super) fn rename(manifest: &mut Table, name: &str) -> Result<()> {
    let package = manifest.get_mut("package").and_then(Value::as_table_mut);
    let package = package.context("a package has a name")?;
    package.insert("name".into(), name.into());
    package.insert("autobins".into(), false.into());
    Ok(())
}

/// The workspace's dependencies and lints, with other packages in it.
pub(super) fn workspace_of(root: &mut Table, members: &[&str]) -> Table {
    let mut workspace = match root.remove("workspace") {
        Some(Value::Table(workspace)) => workspace,
        Some(_) | None => Table::new(),
    };
    for key in ["default-members", "exclude"] {
        workspace.remove(key);
    }
    workspace.insert("members".into(), members.to_vec().into());
    workspace
}

/// Every text below a folder, with its place among the copies.
pub(super) fn read_folder(
    from: &Path,
    place: &Path,
    sources: &mut Vec<(PathBuf, String)>,
) -> Result<()> {
    let shown = from.display();
    let entries = fs::read_dir(from).with_context(|| format!("cannot read {shown}"))?;
    for entry in entries {
        let entry = entry?;
        let (path, place) = (entry.path(), place.join(entry.file_name()));
        match path.is_dir() {
            true => read_folder(&path, &place, sources)?,
            false => sources.push((place, fs::read_to_string(&path)?)),
        }
    }
    Ok(())
}

/// Leaves alone what is so already: cargo compiles what is newer.
pub(super) fn write(file: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(file).is_ok_and(|there| there == text) {
        return Ok(());
    }
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(file, text))
        .with_context(|| format!("cannot write {}", file.display()))
}

/// Compiles the copies' workspace, by the lock file of the original: what is tried is what is deployed.
pub(super) fn build(
    workspace: &Workspace,
    toolchain: &WasmToolchain,
    folder: &Path,
    packages: &[&str],
) -> Result<()> {
    fs::copy(workspace.file("Cargo.lock"), folder.join("Cargo.lock"))
        .context("cannot copy Cargo.lock")?;
    process::run(
        toolchain
            .cargo(workspace, "build")
            .arg("--release")
            .args(packages)
            .arg("--manifest-path")
            .arg(folder.join("Cargo.toml"))
            .arg("--target-dir")
            .arg(toolchain.target_folder(workspace)),
    )
}

// === impl Patch ===

impl Patch {
    pub(super) fn apply(&self, sources: &mut [(PathBuf, String)]) -> Result<()> {
        let mut sources = sources.iter_mut();
        let source = sources.find(|(file, _)| file == Path::new(self.file));
        let text = source.map(|(_, text)| text);
        let text = text.filter(|text| text.matches(self.from).count() == 1);
        let text = text.with_context(|| {
            format!(
                "a patched copy cannot be made: `{}` is not once in {}",
                self.from, self.file
            )
        })?;
        *text = text.replace(self.from, self.to);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_fits_where_its_text_is_once() {
        let patch = Patch {
            file: "a.rs",
            from: "one",
            to: "two",
        };
        let patched = |text: &str| {
            let mut sources = vec![(PathBuf::from("a.rs"), text.to_owned())];
            patch.apply(&mut sources).map(|()| sources.remove(0).1)
        };
        assert_eq!(patched("one more").expect("it is once"), "two more");
        for wrong in ["zero", "one and one"] {
            let error = patched(wrong).expect_err(wrong).to_string();
            assert!(error.contains("`one`") && error.contains("a.rs"), "{error}");
        }
    }
}
