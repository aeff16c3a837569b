//! Programs that answer one request in a sandbox and then end, as those do that do not ask for another: to see
//! what it is worth to use a sandbox again.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use toml::{Table, Value, toml};

use super::EDGE;
use super::patched::{self, Patch, manifest, read_folder, rename, write};
use crate::say;
use crate::wasm_toolchain::WasmToolchain;
use crate::workspace::Workspace;

/// The folder of copies, below the target folder.
const FOLDER: &str = "single-use";

const ONE_REQUEST: Patch = Patch {
    file: "src/main.rs",
    from: "Serve::new()",
    to: "Serve::new().with_max_requests(1)",
};

/// The packages that there are copies of, with their folders.
const COPIED: [(&str, &str); 3] = [
    (EDGE, ""),
    ("bench-constant", "bench/constant"),
    ("bench-floor", "bench/floor"),
];

/// Compiles all of them; [`single_use`] tells where one lies.
pub(crate) fn build_single_use(workspace: &Workspace, toolchain: &WasmToolchain) -> Result<()> {
    say::step("Building programs that use a sandbox once");
    let folder = workspace.target(FOLDER);
    for (package, place) in COPIED {
        let copy = folder.join(package);
        let mut sources = Vec::new();
        read_folder(
            &workspace.file(place).join("src"),
            "src".as_ref(),
            &mut sources,
        )?;
        ONE_REQUEST.apply(&mut sources)?;
        for (file, text) in sources {
            write(&copy.join(file), &text)?;
        }
        let manifest = package_manifest(manifest(&workspace.file(place).join("Cargo.toml"))?)?;
        write(&copy.join("Cargo.toml"), &manifest.to_string())?;
    }
    let mut root = manifest(&workspace.file("Cargo.toml"))?;
    let policy = workspace.file("policy").display().to_string();
    let root = workspace_manifest(&mut root, policy)?;
    write(&folder.join("Cargo.toml"), &root.to_string())?;
    patched::build(workspace, toolchain, &folder, &["--workspace"])
}

/// Where the copy of a package lies.
pub(crate) fn single_use(
    workspace: &Workspace,
    toolchain: &WasmToolchain,
    package: &str,
) -> PathBuf {
    toolchain.release(workspace, &name(package))
}

/// Beside the originals in one folder.
fn name(package: &str) -> String {
    format!("{package}-single-use")
}

fn package_manifest(mut manifest: Table) -> Result<Table> {
    manifest.remove("workspace");
    manifest.remove("profile");
    let package = manifest.get("package").and_then(|it| it.get("name"));
    let package = package.and_then(Value::as_str);
    let name = name(package.context("a package has a name")?);
    rename(&mut manifest, &name)?;
    let mut program = toml! { path = "src/main.rs" };
    program.insert("name".into(), name.into());
    manifest.insert("bin".into(), vec![Value::Table(program)].into());
    Ok(manifest)
}

/// With the release profile of the original: only the patch differs.
fn workspace_manifest(root: &mut Table, policy: String) -> Result<Table> {
    let mut manifest = Table::new();
    let members = COPIED.map(|(package, _)| package);
    let mut workspace = patched::workspace_of(root, &members);
    let dependencies = workspace
        .get_mut("dependencies")
        .and_then(Value::as_table_mut);
    let dependencies = dependencies.context("the workspace has dependencies")?;
    let mut dependency = Table::new();
    dependency.insert("path".into(), policy.into());
    dependencies.insert("playback-policy".into(), dependency.into());
    manifest.insert("workspace".into(), workspace.into());
    let release = root.get("profile").and_then(|it| it.get("release"));
    let release = release.context("the workspace has a release profile")?;
    let mut profile = Table::new();
    profile.insert("release".into(), release.clone());
    manifest.insert("profile".into(), profile.into());
    Ok(manifest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::committed;

    #[test]
    fn a_copy_has_names_of_its_own_and_is_built_as_the_original_is() {
        for (package, place) in COPIED {
            let file = std::path::Path::new(place).join("Cargo.toml");
            let original: Table = committed(&file.display().to_string())
                .parse()
                .expect("a manifest");
            let copy = package_manifest(original).expect("it has a name");
            let told = |value: &Value| value.get("name").and_then(Value::as_str).map(str::to_owned);
            let own = Some(name(package));
            assert_eq!(told(&copy["package"]), own);
            assert_eq!(told(&copy["bin"][0]), own, "of {package}");
        }
        let mut root: Table = committed("Cargo.toml").parse().expect("a manifest");
        let release = root["profile"]["release"].clone();
        let copy = workspace_manifest(&mut root, "elsewhere".to_owned()).expect("a workspace");
        assert_eq!(copy["profile"]["release"], release);
        let policy = &copy["workspace"]["dependencies"]["playback-policy"];
        assert_eq!(policy["path"].as_str(), Some("elsewhere"));
    }
}
