//! `cargo xtask test`: every check and every test, in order, with one summary.

mod clients;
mod contract;
mod libtest;
mod python;
mod steps;
mod summary;
mod wasm_bindgen;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail};
use clap::builder::PossibleValuesParser;

use crate::wasm_toolchain::{WasmChoice, WasmTarget, WasmToolchain};
use crate::workspace::Workspace;
use crate::{process, say};
use libtest::Counts;
use steps::STEPS;
use summary::{Line, Outcome};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Run only this step, and the ones it needs; may be given several times
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(STEPS.map(|step| step.name)))]
    only: Vec<String>,
    /// Where the Rust standard library for Wasm comes from
    #[arg(long, value_enum, default_value_t = WasmChoice::Auto)]
    wasm_toolchain: WasmChoice,
}

/// One thing that may succeed or fail on its own.
struct Step {
    name: &'static str,
    about: &'static str,
    /// Steps without which this one makes no sense.
    needs: &'static [&'static str],
    run: fn(&mut Session<'_>) -> Result<()>,
}

/// What the steps of one run share.
struct Session<'a> {
    workspace: &'a Workspace,
    wasm_choice: WasmChoice,
    /// Found once for each target.
    wasm_toolchains: Vec<(WasmTarget, WasmToolchain)>,
    /// What was built, as environment variables for the tests that start it.
    built: BTreeMap<&'static str, PathBuf>,
    /// Tests of the step that is running.
    counts: Counts,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    let mut session = Session {
        workspace,
        wasm_choice: arguments.wasm_toolchain,
        wasm_toolchains: Vec::new(),
        built: BTreeMap::new(),
        counts: Counts::default(),
    };
    let chosen = chosen(&arguments.only);
    let mut lines: Vec<Line> = Vec::new();
    for step in STEPS.iter().filter(|step| chosen.contains(&step.name)) {
        let missing = step.needs.iter().find(|needed| !succeeded(&lines, needed));
        lines.push(match missing {
            Some(needed) => Line::skipped(step.name, needed),
            None => session.run(step),
        });
    }
    print!("{}", summary::text(&lines));
    let failed: Vec<&str> = lines
        .iter()
        .filter(|line| line.outcome != Outcome::Ok)
        .map(|line| line.name)
        .collect();
    if !failed.is_empty() {
        bail!("not everything succeeded: {}", failed.join(", "));
    }
    Ok(())
}

/// The names of the steps to run: all, or the given ones with everything that they need.
fn chosen(only: &[String]) -> Vec<&'static str> {
    let mut chosen: Vec<&str> = STEPS
        .iter()
        .map(|step| step.name)
        .filter(|name| only.is_empty() || only.iter().any(|o| o == name))
        .collect();
    // Needed steps come first in the list, so one pass from the end finds the needs of needs too.
    for step in STEPS.iter().rev() {
        if chosen.contains(&step.name) {
            chosen.extend(step.needs);
        }
    }
    chosen
}

fn succeeded(lines: &[Line], name: &str) -> bool {
    lines
        .iter()
        .any(|line| line.name == name && line.outcome == Outcome::Ok)
}

// === impl Session ===

impl Session<'_> {
    fn run(&mut self, step: &Step) -> Line {
        println!("\n=== {}: {} ===", step.name, step.about);
        let started = Instant::now();
        self.counts = Counts::default();
        let outcome = match (step.run)(self) {
            Ok(()) => Outcome::Ok,
            Err(error) => {
                say::error(&error);
                Outcome::Failed
            }
        };
        let line = Line {
            name: step.name,
            outcome,
            duration: started.elapsed(),
            counts: self.counts,
        };
        println!(
            "--- {}: {} in {}",
            line.name,
            line.outcome,
            say::duration(line.duration)
        );
        line
    }

    /// The toolchain for a Wasm target, looked for once.
    fn wasm(&mut self, target: WasmTarget) -> Result<WasmToolchain> {
        if let Some((_, found)) = self.wasm_toolchains.iter().find(|(of, _)| *of == target) {
            return Ok(*found);
        }
        let found = WasmToolchain::find(self.wasm_choice, target)?;
        self.wasm_toolchains.push((target, found));
        Ok(found)
    }

    /// Runs the tests of a cargo call and adds up their results.
    fn tests(&mut self, cargo: &mut Command) -> Result<()> {
        self.tests_without(cargo, &[])
    }

    /// The same, without the tests that have one of these in their names.
    fn tests_without(&mut self, cargo: &mut Command, skipped: &[&str]) -> Result<()> {
        // Without this cargo ends at the first test program that fails, and the rest is never counted.
        cargo.args(["--no-fail-fast", "--"]);
        self.counted(cargo.args(skipped.iter().flat_map(|name| ["--skip", name])))
    }

    /// Runs a program that tells its results as cargo does, and adds them up.
    fn counted(&mut self, command: &mut Command) -> Result<()> {
        let mut counts = Counts::default();
        let succeeded = process::watch(command, |line| {
            counts = counts + Counts::in_line(line).unwrap_or_default();
        })?;
        self.counts = self.counts + counts;
        if !succeeded {
            bail!("`{}` failed", process::shown(command));
        }
        if counts.ran() == 0 {
            bail!("`{}` ran no test", process::shown(command));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_choice_everything_runs() {
        assert_eq!(
            chosen(&[]).len(),
            STEPS.len() + STEPS.iter().map(|step| step.needs.len()).sum::<usize>()
        );
    }

    #[test]
    fn a_chosen_step_brings_what_it_needs() {
        assert_eq!(chosen(&["fmt".to_owned()]), ["fmt"]);
        let needed = chosen(&["end-to-end".to_owned()]);
        assert!(
            ["end-to-end", "edge", "native"]
                .iter()
                .all(|name| needed.contains(name)),
            "{needed:?}"
        );
        assert!(!needed.contains(&"fmt"));
    }

    #[test]
    fn needed_steps_come_first() {
        for (at, step) in STEPS.iter().enumerate() {
            for needed in step.needs {
                let needed_at = STEPS.iter().position(|step| step.name == *needed);
                assert!(
                    needed_at.is_some_and(|needed_at| needed_at < at),
                    "{} needs {needed}",
                    step.name
                );
            }
        }
    }
}
