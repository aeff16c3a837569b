//! What makes the edge program large, crate by crate.
//!
//! Each function of the Wasm has a name until the program is stripped, and its name tells its crate. What
//! the compiler inlined is counted where it went, and constants have no names: so the shares are close, not
//! exact.

mod dependencies;
mod module;
mod symbol;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context as _, Result};
use serde::Serialize;

use crate::build;
use crate::wasm_toolchain::{WasmChoice, WasmTarget, WasmToolchain};
use crate::workspace::Workspace;
use module::Module;

/// Bytes.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// As it is deployed.
    stripped: usize,
    with_names: usize,
    /// The bodies of all functions.
    code: usize,
    /// Constants and tables.
    data: usize,
    /// Tables, types, imports.
    rest: usize,
    /// Of the code: the crates that only viewer tokens use, and our own modules for them.
    viewer_tokens: Share,
    /// The code by crates, the largest first, and all that are there for viewer tokens.
    crates: Vec<Crate>,
    /// The crates that are not among those.
    smaller: Smaller,
}

/// Some of the code.
#[derive(Debug, PartialEq, Serialize)]
struct Share {
    code: usize,
    percent: f64,
}

#[derive(Debug, PartialEq, Serialize)]
struct Smaller {
    crates: usize,
    #[serde(flatten)]
    share: Share,
}

#[derive(Debug, PartialEq, Serialize)]
struct Crate {
    what: String,
    #[serde(flatten)]
    share: Share,
    /// Whether all of it is there for viewer tokens only, and the mark of that on the page.
    viewer_tokens: bool,
    mark: &'static str,
}

/// What our own crates have for viewer tokens.
const TOKEN_MODULES: [&str; 2] = ["playback_policy::token::", "playback_edge::token::"];

/// Functions whose name tells no crate: those of the C library, and a few of the linker's.
const NOBODYS: &str = "(C and others)";

/// Crates in the table, besides those of viewer tokens; the small ones are told together.
const SHOWN: usize = 16;

pub(super) fn measure(workspace: &Workspace) -> Result<Report> {
    let toolchain = WasmToolchain::find(WasmChoice::Auto, WasmTarget::Wasip1)?;
    let path = build::edge(workspace, &toolchain)?;
    let wasm = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let module = Module::read(&wasm).with_context(|| path.display().to_string())?;
    let of_tokens = dependencies::of_viewer_tokens(workspace)?;
    let stripped = build::stripped(&wasm)?.len();
    Ok(report(&module, &of_tokens, stripped, wasm.len()))
}

fn report(
    module: &Module<'_>,
    of_tokens: &BTreeSet<String>,
    stripped: usize,
    with_names: usize,
) -> Report {
    let code = module.functions.iter().map(|function| function.size).sum();
    let share = |part: usize| Share {
        code: part,
        percent: 100.0 * part as f64 / code as f64,
    };
    let (by_size, viewer_tokens) = by_crate(module, of_tokens);
    let (shown, small): (Vec<_>, Vec<_>) = (0..)
        .zip(by_size)
        .partition(|(rank, (name, _))| *rank < SHOWN || of_tokens.contains(name));
    let crates = shown.into_iter().map(|(_, (what, code))| {
        let viewer_tokens = of_tokens.contains(&what);
        Crate {
            share: share(code),
            mark: if viewer_tokens { " *" } else { "" },
            viewer_tokens,
            what,
        }
    });
    Report {
        stripped,
        with_names,
        code,
        data: module.data,
        rest: stripped.saturating_sub(code + module.data),
        viewer_tokens: share(viewer_tokens),
        crates: crates.collect(),
        smaller: Smaller {
            crates: small.len(),
            share: share(small.iter().map(|(_, (_, code))| code).sum()),
        },
    }
}

/// The code of each crate, the largest first, and of viewer tokens.
fn by_crate(module: &Module<'_>, of_tokens: &BTreeSet<String>) -> (Vec<(String, usize)>, usize) {
    let mut code: BTreeMap<String, usize> = BTreeMap::new();
    let mut viewer_tokens = 0;
    for function in &module.functions {
        let path = function.name.and_then(symbol::path);
        let name = path.as_deref().map_or(NOBODYS, symbol::crate_of);
        let is_ours = path
            .as_ref()
            .is_some_and(|path| TOKEN_MODULES.iter().any(|module| path.starts_with(module)));
        if is_ours || of_tokens.contains(name) {
            viewer_tokens += function.size;
        }
        *code.entry(name.to_owned()).or_default() += function.size;
    }
    let mut crates: Vec<_> = code.into_iter().collect();
    crates.sort_by_key(|(_, code)| std::cmp::Reverse(*code));
    (crates, viewer_tokens)
}

#[cfg(test)]
mod tests {
    use super::module::Function;
    use super::*;

    #[test]
    fn code_is_told_by_crate_and_tokens_are_summed_over_crates() {
        let function = |name, size| Function { name, size };
        let module = Module {
            functions: vec![
                function(Some("_ZN3rsa3key6verify17h0123456789abcdefE"), 50),
                function(
                    Some("_ZN15playback_policy5token4read17h0123456789abcdefE"),
                    7,
                ),
                function(Some("_ZN15playback_policy6decide17h0123456789abcdefE"), 30),
                function(Some("_ZN15playback_policy6tokens17h0123456789abcdefE"), 4),
                function(Some("memcpy"), 3),
                function(None, 2),
            ],
            data: 0,
        };
        let of_tokens = BTreeSet::from(["rsa".to_owned()]);
        let (crates, viewer_tokens) = by_crate(&module, &of_tokens);
        let told: Vec<_> = crates
            .iter()
            .map(|(name, code)| (name.as_str(), *code))
            .collect();
        assert_eq!(told, [("rsa", 50), ("playback_policy", 41), (NOBODYS, 5)]);
        assert_eq!(viewer_tokens, 57);

        let report = report(&module, &of_tokens, 110, 200);
        assert_eq!((report.code, report.rest), (96, 14));
        assert_eq!(report.crates[0].mark, " *");
        assert_eq!(report.smaller.crates, 0);
        assert!((report.viewer_tokens.percent - 59.375).abs() < 1e-9);
    }
}
