//! `cargo xtask reliability`: that edits reach the edge, whatever fails, tried for long; and
//! `docs/reliability.md`, written from what came of it.

mod parts;
mod template;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::builder::RangedU64ValueParser;
use serde_json::{Map, Value};

use crate::wasm_toolchain::{WasmChoice, WasmTarget, WasmToolchain};
use crate::workspace::Workspace;
use crate::{build, native, say};
use parts::{FOUND_OUT, PARTS};

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

/// A program that the tests start, as a variable that names it.
type Built = (&'static str, PathBuf);

const PAGE: &str = "docs/reliability.md";

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    let built = programs(workspace, arguments)?;
    let mut figures = Map::new();
    let mut failed = Vec::new();
    say::step("Breaking it on purpose, to see that it would be found");
    if let Err(error) = parts::run(workspace, arguments, &built, &FOUND_OUT) {
        say::error(&error);
        failed.push(FOUND_OUT.name);
    }
    for part in &PARTS {
        say::step(part.about);
        let (outcome, own) = parts::measure(workspace, arguments, &built, part)?;
        figures.extend(own.map(|own| (part.name.to_owned(), own)));
        if let Err(error) = outcome {
            say::error(&error);
            failed.push(part.name);
        }
    }
    let figures = Value::Object(figures);
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&figures)?);
    }
    if !failed.is_empty() {
        bail!("{PAGE} stays as it was: {} failed", failed.join(", "));
    }
    if !arguments.json {
        print!("{}", template::report(&figures)?);
    }
    fs::write(workspace.file(PAGE), template::page(&figures)?)
        .with_context(|| format!("cannot write {PAGE}"))?;
    say::step(&format!("{PAGE} is written from these figures"));
    Ok(())
}

/// What the tests start. What the environment names already is taken as it is.
fn programs(workspace: &Workspace, arguments: &Arguments) -> Result<Vec<Built>> {
    let named = |variable: &str| std::env::var_os(variable).map(PathBuf::from);
    let edge = || {
        let toolchain = WasmToolchain::find(arguments.wasm_toolchain, WasmTarget::Wasip1)?;
        build::edge(workspace, &toolchain)
    };
    Ok(vec![
        (
            "PLAYBACK_WASM",
            named("PLAYBACK_WASM").map_or_else(edge, Ok)?,
        ),
        (
            "ORIGIN_STUB_BIN",
            named("ORIGIN_STUB_BIN").map_or_else(|| native::origin_stub(workspace), Ok)?,
        ),
        (
            "LOCAL_POP_BIN",
            named("LOCAL_POP_BIN").map_or_else(|| native::local_pop(workspace), Ok)?,
        ),
    ])
}
