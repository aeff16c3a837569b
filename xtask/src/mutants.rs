//! `cargo xtask mutants`: how many faults, put into the policy crate one at a time, its unit tests notice.
//!
//! cargo-mutants makes the faults in copies of this tree; `.cargo/mutants.toml` says in which files.
//! `docs/mutants.md` lists those that no test can notice. One more than these fails the command.

mod explained;
mod report;

use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::{fs, io};

use anyhow::{Context as _, Result, bail};
use clap::builder::RangedU64ValueParser;

use crate::workspace::Workspace;
use crate::{process, say};
use report::{Outcomes, Report};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Only the faults in this file, such as `policy/src/decide.rs`; may be given several times
    #[arg(long, value_name = "PATH")]
    file: Vec<String>,
    /// How many faults are tried side by side
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = RangedU64ValueParser::<usize>::new().range(1..=64))]
    jobs: usize,
    /// Print the result as JSON on stdout
    #[arg(long)]
    json: bool,
}

/// The version whose names of faults `docs/mutants.md` lists.
const VERSION: &str = "27.1.0";
const PROGRAM: &str = "cargo-mutants";
const EXPLAINED: &str = "docs/mutants.md";
/// Where it leaves what came of the faults, below its output folder.
const FOUND: &str = "mutants.out/outcomes.json";

/// How cargo-mutants ends when it tried everything: all noticed, some missed, or a test that hung.
const TRIED: [i32; 3] = [0, 2, 3];

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    let program = program(workspace)?;
    say::step("Putting faults into the policy crate, one at a time: an hour for all of them");
    let found = try_all(workspace, &program, arguments)?;
    let page = fs::read_to_string(workspace.file(EXPLAINED))
        .with_context(|| format!("cannot read {EXPLAINED}"))?;
    let report = Report::of(&found, explained::names(&page));
    if report.is_empty() {
        bail!("there is no fault to try: `.cargo/mutants.toml` names the files that have some");
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    }
    say::step(&report.to_string());
    for name in &report.unexplained {
        say::detail(&format!("not noticed: {name}"));
    }
    for name in &report.outdated {
        say::detail(&format!("noticed by now, take it off {EXPLAINED}: {name}"));
    }
    if !report.unexplained.is_empty() {
        bail!("no test notices the faults above: add one, or say in {EXPLAINED} why none can");
    }
    Ok(())
}

/// Finds cargo-mutants below the target folder, or builds it.
fn program(workspace: &Workspace) -> Result<PathBuf> {
    let root = workspace.target(&format!("tools/{PROGRAM}-{VERSION}"));
    let program = root
        .join("bin")
        .join(PROGRAM)
        .with_extension(std::env::consts::EXE_EXTENSION);
    if !program.exists() {
        say::step(&format!(
            "Installing {PROGRAM} {VERSION}, once: some minutes"
        ));
        let mut cargo = workspace.cargo();
        cargo
            .args(["install", "--quiet", "--locked", "--version", VERSION])
            .arg("--root")
            .arg(&root)
            .arg("--debug")
            // Beside our own: its dependencies are others, and their folder can be deleted on its own.
            .env("CARGO_TARGET_DIR", workspace.target("tools/build"))
            .arg(PROGRAM);
        process::run(&mut cargo)?;
    }
    Ok(program)
}

/// Tries all faults, each job its share of them.
fn try_all(workspace: &Workspace, program: &Path, arguments: &Arguments) -> Result<Vec<Outcomes>> {
    let folders: Vec<_> = (0..arguments.jobs)
        .map(|job| workspace.target(&format!("mutants/{job}")))
        .collect();
    let mut jobs = Vec::new();
    for (job, folder) in folders.iter().enumerate() {
        let mut command = share(workspace, program, arguments, job, folder)?;
        jobs.push(command.spawn().context("cannot start cargo-mutants")?);
    }
    let ends: io::Result<Vec<_>> = jobs.iter_mut().map(Child::wait).collect();
    for end in ends? {
        if !end.code().is_some_and(|code| TRIED.contains(&code)) {
            bail!("cargo-mutants ended with {end} before all faults were tried");
        }
    }
    folders.iter().map(|folder| outcomes(folder)).collect()
}

fn share(
    workspace: &Workspace,
    program: &Path,
    arguments: &Arguments,
    job: usize,
    folder: &Path,
) -> Result<Command> {
    let found = folder.join(FOUND);
    if found.exists() {
        // Of an earlier run. A job whose share is nothing would leave it there.
        fs::remove_file(&found)?;
    }
    fs::create_dir_all(folder)?;
    let files = arguments.file.iter().map(|file| file.replace('.', r"\."));
    let mut command = Command::new(program);
    command
        .current_dir(workspace.root())
        .args(["mutants", "--package", "playback-policy", "--no-shuffle"])
        // Not `--jobs`: those would wait for each other's compiler, and take that for a test that hangs.
        .args(["--sharding", "round-robin", "--shard"])
        .arg(format!("{job}/{}", arguments.jobs))
        // Not `--file`: that would come on top of the files of the configuration.
        .args(files.flat_map(|file| ["--re".to_owned(), format!("^{file}:")]))
        .arg("--output")
        .arg(folder)
        // What the policy crate depends on is compiled once for all runs.
        .env("CARGO_TARGET_DIR", folder.join("build"))
        // Its lines would be taken for the answer that `--json` asked for.
        .stdout(io::stderr());
    Ok(command)
}

fn outcomes(folder: &Path) -> Result<Outcomes> {
    let path = folder.join(FOUND);
    if !path.exists() {
        return Ok(Outcomes::default());
    }
    let text = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} is not as expected", path.display()))
}
