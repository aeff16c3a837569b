//! Editions of the edge program in one Wasm, for tests of what one leaves in the cache for another.
//!
//! Made of patched copies of the sources.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use toml::{Table, Value, toml};

use super::patched::{self, Patch, manifest, read_folder, rename, write};
use crate::say;
use crate::wasm_toolchain::WasmToolchain;
use crate::workspace::Workspace;

/// The package that holds them together, and the Wasm's name.
const EDITIONS: &str = "editions";
/// Its only source.
const RUNNER: &str = "tests/editions/main.rs";
/// A counter that counts.
const RATE_COUNTER: &str = "tests/editions/rate_counter.rs";
/// The folder of copies, below the target folder.
const FOLDER: &str = "editions";

/// What the runner calls.
const CALLABLE: Patch = Patch {
    file: "edge/src/main.rs",
    from: "\nfn serve(request: Request) {",
    to: "\npub fn serve(request: Request) {",
};

/// Here nobody calls it.
const NO_MAIN: Patch = Patch {
    file: "edge/src/main.rs",
    from: "\nfn main() {",
    to: "\n#[allow(dead_code)]\nfn main() {",
};

/// A trap that a test can ask for, in the middle of a fill.
const TRAP: Patch = Patch {
    file: "policy/src/answer.rs",
    from: "        let entry = match status {",
    to:
        "        assert!(!body.windows(12).any(|text| text == b\"told to trap\"), \"told to trap\");
        let entry = match status {",
};

/// A counter that counts, where the platform's would.
const COUNTED: Patch = Patch {
    file: "edge/src/rate_limit.rs",
    from: "use fastly::erl::{CounterDuration, ERLError, RateCounter};\n",
    to: "use fastly::erl::{CounterDuration, ERLError};\nuse crate::rate_counter::RateCounter;\n",
};

/// Where that counter is.
const COUNTER: Patch = Patch {
    file: "edge/src/main.rs",
    from: "\nmod rate_limit;\n",
    to: "\nmod rate_counter;\nmod rate_limit;\n",
};

/// Another number: other keys, and other entries.
const NEXT_FORMAT: Patch = Patch {
    file: "policy/src/entry.rs",
    from: "const FORMAT: u16 = ",
    to: "const FORMAT: u16 = 100 + ",
};

/// The same keys, and entries that begin with something else.
const FOREIGN_ENTRIES: Patch = Patch {
    file: "policy/src/entry.rs",
    from: "*b\"PE\"",
    to: "*b\"XX\"",
};

const ALL: [(&str, &[Patch]); 4] = [
    ("current", &[CALLABLE, NO_MAIN, TRAP]),
    ("counting", &[CALLABLE, NO_MAIN, COUNTED, COUNTER]),
    ("next", &[CALLABLE, NO_MAIN, TRAP, NEXT_FORMAT]),
    ("foreign", &[CALLABLE, NO_MAIN, TRAP, FOREIGN_ENTRIES]),
];

/// Compiles them, and answers where the Wasm lies.
pub(crate) fn editions(workspace: &Workspace, toolchain: &WasmToolchain) -> Result<PathBuf> {
    say::step("Building editions of the edge program, for tests");
    let folder = workspace.target(FOLDER);
    for (edition, patches) in ALL {
        copy(workspace, &folder.join(edition), edition, patches)?;
    }
    let runner = fs::read_to_string(workspace.file(RUNNER))
        .with_context(|| format!("cannot read {RUNNER}"))?;
    write(&folder.join("runner/src/main.rs"), &runner)?;
    write(
        &folder.join("runner/Cargo.toml"),
        &runner_manifest().to_string(),
    )?;
    let root = workspace_manifest(manifest(&workspace.file("Cargo.toml"))?);
    write(&folder.join("Cargo.toml"), &root.to_string())?;
    patched::build(workspace, toolchain, &folder, &["--package", EDITIONS])?;
    Ok(toolchain.release(workspace, EDITIONS))
}

/// Copies what the edge program is made of, patched, under names that are this edition's alone.
fn copy(workspace: &Workspace, to: &Path, edition: &str, patches: &[Patch]) -> Result<()> {
    let mut edge = manifest(&workspace.file("Cargo.toml"))?;
    for section in ["bin", "workspace", "profile"] {
        edge.remove(section);
    }
    rename(&mut edge, &format!("edge-{edition}"))?;
    edge.insert("lib".into(), toml! { path = "src/main.rs" }.into());
    let policy = format!("policy-{edition}");
    let dependencies = edge.get_mut("dependencies").and_then(Value::as_table_mut);
    let dependencies = dependencies.context("the edge program has dependencies")?;
    let mut dependency = toml! { path = "../policy" };
    dependency.insert("package".into(), policy.clone().into());
    dependencies.insert("playback-policy".into(), dependency.into());
    write(&to.join("edge/Cargo.toml"), &edge.to_string())?;

    let mut manifest = manifest(&workspace.file("policy/Cargo.toml"))?;
    manifest.remove("bin");
    rename(&mut manifest, &policy)?;
    write(&to.join("policy/Cargo.toml"), &manifest.to_string())?;
    let mut sources = Vec::new();
    read_folder(&workspace.file("src"), Path::new("edge/src"), &mut sources)?;
    read_folder(
        &workspace.file("policy/src"),
        Path::new("policy/src"),
        &mut sources,
    )?;
    let counter = fs::read_to_string(workspace.file(RATE_COUNTER))
        .with_context(|| format!("cannot read {RATE_COUNTER}"))?;
    sources.push(("edge/src/rate_counter.rs".into(), counter));
    for patch in patches {
        patch.apply(&mut sources)?;
    }
    for (file, text) in sources {
        write(&to.join(file), &text)?;
    }
    Ok(())
}

fn runner_manifest() -> Table {
    let mut manifest = toml! {
        [package]
        version.workspace = true
        edition.workspace = true
        [dependencies]
        fastly.workspace = true
    };
    if let Some(Value::Table(package)) = manifest.get_mut("package") {
        package.insert("name".into(), EDITIONS.into());
    }
    if let Some(Value::Table(dependencies)) = manifest.get_mut("dependencies") {
        for (edition, _) in ALL {
            let mut dependency = Table::new();
            dependency.insert("package".into(), format!("edge-{edition}").into());
            dependency.insert("path".into(), format!("../{edition}/edge").into());
            dependencies.insert(edition.into(), dependency.into());
        }
    }
    manifest
}

/// Quick to build: four programs in one.
fn workspace_manifest(mut root: Table) -> Table {
    let mut manifest = toml! {
        [profile.release]
        opt-level = 1
        panic = "abort"
    };
    let workspace = patched::workspace_of(&mut root, &["runner"]);
    manifest.insert("workspace".into(), workspace.into());
    manifest
}
