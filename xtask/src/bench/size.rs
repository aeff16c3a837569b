//! What makes the edge program large, crate by crate.
//!
//! Each function of the Wasm has a name until the program is stripped, and its name tells its crate. What
//! the compiler inlined is counted where it went, and constants have no names: so the shares are close, not
//! exact.

mod dependencies;
mod module;
mod symbol;

use std::collections::{BTreeMap, BTreeSet};
use std::{fmt, fs};

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
    /// Of the code: the crates that only viewer tokens use, and our own modules for them.
    viewer_tokens: usize,
    /// The code by crates, the largest first.
    crates: Vec<Crate>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Crate {
    name: String,
    code: usize,
    /// Whether all of it is there for viewer tokens only.
    viewer_tokens: bool,
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
    let (crates, viewer_tokens) = by_crate(&module, &of_tokens);
    Ok(Report {
        stripped: build::stripped(&wasm)?.len(),
        with_names: wasm.len(),
        code: module.functions.iter().map(|function| function.size).sum(),
        data: module.data,
        viewer_tokens,
        crates,
    })
}

/// The code of each crate, and of viewer tokens.
fn by_crate(module: &Module<'_>, of_tokens: &BTreeSet<String>) -> (Vec<Crate>, usize) {
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
    let mut crates: Vec<Crate> = code
        .into_iter()
        .map(|(name, code)| Crate {
            viewer_tokens: of_tokens.contains(&name),
            name,
            code,
        })
        .collect();
    crates.sort_by_key(|one| std::cmp::Reverse(one.code));
    (crates, viewer_tokens)
}

// === impl Report ===

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of_code = |bytes: usize| 100.0 * bytes as f64 / self.code as f64;
        let other = self.stripped.saturating_sub(self.code + self.data);
        writeln!(f, "{:<26} {:>10} {:>9}", "size", "bytes", "of code")?;
        for (what, bytes) in [
            ("with names", self.with_names),
            ("stripped", self.stripped),
            ("  data", self.data),
            ("  tables, types, imports", other),
        ] {
            writeln!(f, "{what:<26} {bytes:>10}")?;
        }
        let mut code =
            |what: &str, bytes: usize| write!(f, "{what:<26} {bytes:>10} {:>8.1}%", of_code(bytes));
        code("  code", self.code)?;
        let is_shown = |(rank, one): &(usize, &Crate)| *rank < SHOWN || one.viewer_tokens;
        let (shown, small): (Vec<_>, Vec<_>) = self.crates.iter().enumerate().partition(is_shown);
        for (_, one) in shown {
            let mark = if one.viewer_tokens { " *" } else { "" };
            code(&format!("\n    {}{mark}", one.name), one.code)?;
        }
        let rest = small.iter().map(|(_, one)| one.code).sum();
        code(&format!("\n    {} smaller crates", small.len()), rest)?;
        code("\n* and our modules: tokens", self.viewer_tokens)
    }
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
        let (crates, viewer_tokens) = by_crate(&module, &BTreeSet::from(["rsa".to_owned()]));
        let told: Vec<_> = crates
            .iter()
            .map(|one| (one.name.as_str(), one.code))
            .collect();
        assert_eq!(told, [("rsa", 50), ("playback_policy", 41), (NOBODYS, 5)]);
        assert_eq!(viewer_tokens, 57);
    }
}
