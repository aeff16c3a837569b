//! `cargo xtask reliability`: that edits reach the edge, whatever fails, tried for long; and
//! `docs/reliability.md`, written from what came of it.

mod parts;

use std::fs;

use anyhow::{Context as _, Result, bail};
use clap::builder::RangedU64ValueParser;
use serde_json::Map;

use crate::page::{kept, template};
use crate::wasm_toolchain::WasmChoice;
use crate::workspace::Workspace;
use crate::{end_to_end, say};
use parts::{FOUND_OUT, PARTS, Part};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// How many answers are held to the edits
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = count())]
    reads: u64,
    /// How many edits are followed until they are in effect
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = count())]
    edits: u64,
    /// How many viewers come at once
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = count())]
    viewers: u64,
    /// How many times the reader of the change feed is cut off
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = count())]
    reconnects: u64,
    /// How many times the database goes back to a moment
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = count())]
    restores: u64,
    /// For how many minutes everything goes on at once; 0 leaves it out
    #[arg(long, value_name = "N", default_value_t = 60)]
    soak_minutes: u64,
    /// How long each fault lasts, in seconds
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = count())]
    fault_seconds: u64,
    /// How many times each POP is replaced
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = count())]
    rounds: u64,
    /// Run only these; the page keeps the figures of the others, with the run they are of
    #[arg(long, value_name = "PART", num_args = 1.., value_parser = clap::builder::PossibleValuesParser::new(parts::names()))]
    only: Vec<String>,
    /// What makes the same dice fall again; printed at the start
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Print the figures as JSON at the end, and nothing else on stdout
    #[arg(long)]
    json: bool,
    /// Where the Rust standard library for Wasm comes from
    #[arg(long, value_enum, default_value_t = WasmChoice::Auto)]
    wasm_toolchain: WasmChoice,
}

fn count() -> RangedU64ValueParser<u64> {
    RangedU64ValueParser::new().range(1..)
}

const PAGE: &str = "docs/reliability.md";
const FIGURES: &str = "docs/reliability.json";
const PAGE_TEMPLATE: &str = include_str!("reliability/page.md");
/// What the person in front is told.
const REPORT_TEMPLATE: &str = include_str!("reliability/report.txt");

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    let mut built = end_to_end::programs(workspace, arguments.wasm_toolchain)?;
    built.push(end_to_end::editions(workspace, arguments.wasm_toolchain)?);
    let is_asked_for = |part: &Part| {
        arguments.only.is_empty() || arguments.only.iter().any(|name| name == part.name)
    };
    let run = kept::run(workspace)?;
    let mut measured = Map::new();
    let mut failed = Vec::new();
    if is_asked_for(&FOUND_OUT) {
        say::step("Breaking it on purpose, to see that it would be found");
        if let Err(error) = parts::run(workspace, arguments, &built, &FOUND_OUT) {
            say::error(&error);
            failed.push(FOUND_OUT.name);
        }
    }
    let chosen = |part: &&Part| is_asked_for(part) && !part.is_left_out(arguments);
    for part in PARTS.iter().filter(chosen) {
        say::step(part.about);
        let (outcome, own) = parts::measure(workspace, arguments, &built, part)?;
        if let Some(mut own) = own {
            own["run"] = run.clone().into();
            measured.insert(part.name.to_owned(), own);
        }
        if let Err(error) = outcome {
            say::error(&error);
            failed.push(part.name);
        }
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&measured)?);
    }
    if !failed.is_empty() {
        bail!("{PAGE} stays as it was: {} failed", failed.join(", "));
    }
    let figures = kept::with(workspace, FIGURES, measured)?;
    let page = template::filled(PAGE_TEMPLATE, &figures)?;
    if !arguments.json {
        print!("{}", template::filled(REPORT_TEMPLATE, &figures)?);
    }
    kept::keep(workspace, FIGURES, &figures)?;
    fs::write(workspace.file(PAGE), page).with_context(|| format!("cannot write {PAGE}"))?;
    say::step(&format!("{PAGE} is written from these figures"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::committed;

    #[test]
    fn committed_figures_make_the_committed_page() {
        let figures = serde_json::from_str(&committed(FIGURES)).expect("figures are JSON");
        let page = template::filled(PAGE_TEMPLATE, &figures).expect("no place is empty");
        assert!(
            page == committed(PAGE),
            "the template has changed: `cargo xtask reliability --only found-out` writes {PAGE} anew"
        );
    }
}
