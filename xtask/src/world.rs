//! `cargo xtask world`: a day of the world by the model in `bench/world`, and `docs/world.md`, written
//! from what came of it.

mod validate;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};

use crate::page::{kept, template::filled};
use crate::wasm_toolchain::WasmChoice;
use crate::workspace::Workspace;
use crate::{process, say};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Another parameter file; then nothing in docs/ is written
    #[arg(long, value_name = "FILE")]
    parameters: Option<PathBuf>,
    /// Set a parameter, such as latency.route_factor=1.6; then nothing in docs/ is written
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// What makes other dice fall; then nothing in docs/ is written
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// In place of a day: hold the model to real local POPs, which takes five minutes
    #[arg(long, conflicts_with_all = ["parameters", "set"])]
    validate: bool,
    /// Print the figures as JSON, and nothing else on stdout
    #[arg(long)]
    json: bool,
    /// Where the Rust standard library for Wasm comes from
    #[arg(long, value_enum, default_value_t = WasmChoice::Auto)]
    wasm_toolchain: WasmChoice,
}

const PARAMETERS: &str = "bench/world/parameters.toml";
const PAGE: &str = "docs/world.md";
const FIGURES: &str = "docs/world.json";
const PLOTS: &str = "docs/world";

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    if arguments.validate {
        return validate::run(workspace, arguments);
    }
    say::step("Building the world model");
    process::run(
        workspace
            .cargo()
            .args(["build", "--package", "playback-world"]),
    )?;
    let is_ordinary =
        arguments.parameters.is_none() && arguments.set.is_empty() && arguments.seed.is_none();
    let (page, plots) = match is_ordinary {
        true => (workspace.file(PAGE), workspace.file(PLOTS)),
        false => (workspace.target("world.md"), workspace.target("world")),
    };
    let (out, run) = (workspace.target("world.json"), kept::run(workspace)?);
    let parameters = arguments.parameters.clone();
    let mut world = std::process::Command::new(workspace.program("world"));
    world.arg("day").arg("--parameters");
    world.arg(parameters.unwrap_or_else(|| workspace.file(PARAMETERS)));
    world.args(arguments.set.iter().flat_map(|set| ["--set", set]));
    if let Some(seed) = arguments.seed {
        world.args(["--seed", &seed.to_string()]);
    }
    world.arg("--out").arg(&out).arg("--plots").arg(&plots);
    say::step("Letting a day pass, design by design: some minutes");
    process::run(&mut world)?;
    let text =
        fs::read_to_string(&out).with_context(|| format!("cannot read {}", out.display()))?;
    let mut figures: Value = serde_json::from_str(&text).context("the model's figures")?;
    figures["run"] = run.into();
    let measured = Map::from_iter([("model".to_owned(), figures)]);
    let mut all = kept::with(workspace, FIGURES, measured)?;
    if is_ordinary {
        kept::keep(workspace, FIGURES, &all)?;
    }
    if all.get("validation").is_none() {
        all["validation"] =
            json!({ "table": "", "told": "Not yet held to real POPs.", "run": "–" });
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&all)?);
    } else {
        print!("{}", filled(include_str!("world/report.txt"), &all)?);
    }
    write(workspace, &page, &all)
}

/// Writes the page from these figures.
fn write(workspace: &Workspace, page: &Path, figures: &Value) -> Result<()> {
    let text = filled(include_str!("world/page.md"), figures)?;
    fs::write(page, text).with_context(|| format!("cannot write {}", page.display()))?;
    say::step(&format!(
        "{} is written from these figures",
        workspace.shown(page)
    ));
    Ok(())
}
