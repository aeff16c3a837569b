//! `cargo xtask profile`: one kind of request under load, and where the program's time goes.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use super::edge::{CONNECTIONS, kinds, wrk};
use super::local_world::LocalWorld;
use super::perf::Recording;
use crate::workspace::Workspace;
use crate::{apt, process, say};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// What is asked, as the table of `cargo xtask bench --only edge` names it
    #[arg(value_name = "KIND", default_value = "hit")]
    kind: String,
    /// For how long
    #[arg(long, value_name = "S", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=60))]
    seconds: u16,
    /// The flame graph; `flame.svg` in the target folder unless told otherwise
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    ensure!(
        process::exists("perf"),
        "there is no `perf` here: install `linux-perf`"
    );
    apt::install(&["wrk"])?;
    let world = LocalWorld::start()?;
    let loads = kinds::prepare(&world)?;
    let load = loads.iter().find(|load| load.what == arguments.kind);
    let kinds: Vec<_> = loads.iter().map(|load| load.what).collect();
    let load = load.with_context(|| format!("no such kind; there are: {}", kinds.join("; ")))?;
    load.check()?;
    let samples = workspace.target("bench/profile.data");
    say::step(&format!(
        "Asking for `{}` for {} s",
        load.what, arguments.seconds
    ));
    let recording = Recording::begin(world.pops()?, &samples, &["--call-graph", "fp"])?;
    let asked = wrk::run(load, CONNECTIONS, arguments.seconds);
    recording.end()?;
    let asked = asked?;
    say::detail(&format!("{} requests", asked.requests));
    draw(workspace, &samples, arguments)
}

fn draw(workspace: &Workspace, samples: &Path, arguments: &Arguments) -> Result<()> {
    say::step("Drawing");
    let default = workspace.target("flame.svg");
    let output = arguments.output.as_ref().unwrap_or(&default);
    let svg = File::create(output).with_context(|| format!("cannot write {}", output.display()))?;
    let mut script = Command::new("perf")
        .args(["script", "--input"])
        .arg(samples)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("cannot start `perf`")?;
    let stacks = script.stdout.take().context("a piped stdout is there")?;
    let mut flame = workspace.cargo();
    flame.args([
        "run",
        "--quiet",
        "--package",
        "playback-bench",
        "--bin",
        "flame",
    ]);
    process::run(flame.stdin(stacks).stdout(svg))?;
    script.wait().context("`perf` does not end")?;
    println!("{}", output.display());
    Ok(())
}
