//! Which crates the edge program has for viewer tokens only.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use serde::Deserialize;

use crate::build::EDGE;
use crate::process;
use crate::wasm_toolchain::WasmTarget;
use crate::workspace::Workspace;

/// What verifies signatures of tokens. Nothing else in the program needs them.
const VERIFIERS: [&str; 3] = ["ed25519-dalek", "p256", "rsa"];

/// The part of `cargo metadata` that is wanted here.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<Kind>,
}

#[derive(Deserialize)]
struct Kind {
    /// `null` for what is compiled into the program.
    kind: Option<String>,
}

/// The crates, as they are called in paths, that would be gone without viewer tokens.
pub(super) fn of_viewer_tokens(workspace: &Workspace) -> Result<BTreeSet<String>> {
    let mut cargo = workspace.cargo();
    cargo.args(["metadata", "--format-version", "1"]);
    cargo.args(["--filter-platform", WasmTarget::Wasip1.triple()]);
    let answer = process::output(&mut cargo)?;
    let metadata = serde_json::from_str(&answer);
    let metadata = metadata.context("`cargo metadata` answered something unexpected")?;
    Ok(only_through(&VERIFIERS, EDGE, &metadata))
}

/// What `root` depends on through these packages only, themselves included.
fn only_through(packages: &[&str], root: &str, metadata: &Metadata) -> BTreeSet<String> {
    let with = reachable(root, &[], metadata);
    let without = reachable(root, packages, metadata);
    // By name: of a crate that is there in two versions, one may be left.
    with.difference(&without)
        .map(|name| name.replace('-', "_"))
        .collect()
}

/// The names of all packages that `root` depends on, with none of `without` and what they bring.
fn reachable<'a>(root: &str, without: &[&str], metadata: &'a Metadata) -> BTreeSet<&'a str> {
    let names: BTreeMap<&str, &str> = metadata
        .packages
        .iter()
        .map(|package| (package.id.as_str(), package.name.as_str()))
        .collect();
    let nodes: BTreeMap<&str, &Node> = metadata
        .resolve
        .nodes
        .iter()
        .map(|node| (node.id.as_str(), node))
        .collect();
    let root = names.iter().find(|(_, name)| **name == root);
    let mut open: Vec<&str> = root.map(|(id, _)| *id).into_iter().collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        let is_left_out = names.get(id).is_none_or(|name| without.contains(name));
        if is_left_out || !seen.insert(id) {
            continue;
        }
        let dependencies = nodes.get(id).into_iter().flat_map(|node| &node.deps);
        let compiled_in = dependencies
            .filter(|dependency| dependency.dep_kinds.iter().any(|kind| kind.kind.is_none()));
        open.extend(compiled_in.map(|dependency| dependency.pkg.as_str()));
    }
    seen.iter()
        .filter_map(|id| names.get(id).copied())
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// Packages, each with what it depends on; a `?` before a name: in its tests only.
    fn metadata(packages: &[(&str, &[&str])]) -> Metadata {
        let node = |(name, dependencies): &(&str, &[&str])| {
            let dependency = |dependency: &&str| match dependency.strip_prefix('?') {
                Some(name) => json!({ "pkg": name, "dep_kinds": [{ "kind": "dev" }] }),
                None => json!({ "pkg": dependency, "dep_kinds": [{ "kind": null }] }),
            };
            let dependencies: Vec<Value> = dependencies.iter().map(dependency).collect();
            json!({ "id": name, "deps": dependencies })
        };
        let names = packages
            .iter()
            .map(|(name, _)| json!({ "id": name, "name": name }));
        let metadata = json!({
            "packages": names.collect::<Vec<_>>(),
            "resolve": { "nodes": packages.iter().map(node).collect::<Vec<_>>() },
        });
        serde_json::from_value(metadata).expect("cargo's own shape")
    }

    #[test]
    fn what_something_else_needs_too_is_not_counted() {
        let metadata = metadata(&[
            ("edge", &["policy", "sha2"]),
            ("policy", &["p256", "rsa", "hmac", "?proptest"]),
            ("p256", &["elliptic-curve", "sha2"]),
            ("rsa", &["sha2"]),
            ("elliptic-curve", &["p256"]),
            ("hmac", &["sha2"]),
            ("sha2", &[]),
            ("proptest", &["elliptic-curve"]),
            ("unrelated", &["elliptic-curve"]),
        ]);
        let found = only_through(&["p256", "rsa"], "edge", &metadata);
        assert_eq!(
            found,
            ["elliptic_curve", "p256", "rsa"].map(str::to_owned).into()
        );
    }
}
