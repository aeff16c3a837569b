//! `cargo xtask bench`: what a decision costs, here and elsewhere, a hit, a credential, and a start, what makes the
//! program large, and what the same answers cost others; and `docs/performance.md`, written from what came of it.
//!
//! Times differ from machine to machine and from minute to minute; the ratio of two kinds of request
//! measured in turns, in POPs of one kind, does not by much. So the ratio is the result.

mod cms;
mod cold;
mod cpu;
mod credentials;
mod decide;
mod edge;
mod engines;
mod inside;
pub(crate) mod instructions;
mod load;
mod local_world;
mod page;
mod peers;
mod perf;
mod pop;
pub(crate) mod profile;
mod section;
mod size;
mod spread;
mod timed;

use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use clap::ValueEnum as _;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::page::kept;
use crate::workspace::Workspace;
use crate::{process, say};
use instructions::Counted;
use local_world::LocalWorld;
use peers::Missing;
use section::Section;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Measure only this; may be given several times, or with several names. The page keeps the figures of the
    /// others, with the run they are of
    #[arg(long, value_enum, value_name = "SECTION", num_args = 1..)]
    only: Vec<Section>,
    /// How long each measurement under load takes
    #[arg(long, value_name = "S", default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=60))]
    seconds: u16,
    /// How many tokens of each algorithm `credentials` shows in a round
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(10..=2000))]
    tokens: u32,
    /// How often each is measured, in turns with the others; the median counts
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=20))]
    rounds: u8,
    /// Install what is missing: the peers, and wasm-opt for `cold`
    #[arg(long)]
    install: bool,
    /// Make what `instructions` counts the new budgets
    #[arg(long)]
    write: bool,
    /// Leave docs/performance.md and its figures as they are
    #[arg(long)]
    no_page: bool,
    /// Print JSON instead of tables
    #[arg(long)]
    json: bool,
}

/// What several sections need.
struct Bench<'a> {
    workspace: &'a Workspace,
    arguments: &'a Arguments,
    world: Option<LocalWorld>,
    counted: Option<Vec<Counted>>,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    ensure!(
        !arguments.write || arguments.wants(Section::Instructions),
        "`--write` is of `instructions`, which is not among the sections"
    );
    let mut bench = Bench {
        workspace,
        arguments,
        world: None,
        counted: None,
    };
    let sections = Section::value_variants().iter().copied();
    let sections: Vec<_> = sections.filter(|it| arguments.wants(*it)).collect();
    let (run, started) = (run_name(workspace)?, Instant::now());
    let mut measured = Map::new();
    let mut failed = Vec::new();
    for (at, section) in (1..).zip(&sections) {
        say::step(&format!(
            "{at} of {}: {}, after {}",
            sections.len(),
            section.name(),
            say::duration(started.elapsed())
        ));
        match bench.measure(*section) {
            Ok(Some(mut figures)) => {
                figures["run"] = run.clone().into();
                figures["rounds"] = arguments.rounds.into();
                figures["seconds"] = arguments.seconds.into();
                measured.insert(section.name().to_owned(), figures);
            }
            Ok(None) => say::detail("left out"),
            // What the others took minutes for is not lost.
            Err(error) => {
                say::error(&error);
                failed.push(section.name());
            }
        }
    }
    drop(bench);
    page::write_measured(workspace, &measured)?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&measured)?);
    } else {
        print!("{}", page::tables(&measured)?);
    }
    if !arguments.no_page {
        page::write(workspace, measured)?;
    }
    if !failed.is_empty() {
        bail!("not measured: {}", failed.join(", "));
    }
    Ok(())
}

/// The run, and what it was made on.
fn run_name(workspace: &Workspace) -> Result<String> {
    let run = kept::run(workspace)?;
    let cores = std::thread::available_parallelism()?;
    let rustc = process::output(std::process::Command::new("rustc").arg("--version"))?;
    let rustc: Vec<_> = rustc.split_whitespace().take(2).collect();
    Ok(format!("{run}, {cores} cores, {}", rustc.join(" ")))
}

// === impl Arguments ===

impl Arguments {
    fn wants(&self, section: Section) -> bool {
        self.only.is_empty() || self.only.contains(&section)
    }

    /// Who asks for the peers by name wants all of them.
    fn missing_peers(&self) -> Missing {
        match (self.install, self.only.contains(&Section::Peers)) {
            (true, _) => Missing::Install,
            (false, true) => Missing::Fail,
            (false, false) => Missing::Skip,
        }
    }
}

// === impl Bench ===

impl Bench<'_> {
    /// The section's figures; nothing where what it needs is not here and nobody has asked for it.
    fn measure(&mut self, section: Section) -> Result<Option<Value>> {
        let (workspace, arguments) = (self.workspace, self.arguments);
        let (rounds, seconds) = (arguments.rounds, arguments.seconds);
        match section {
            Section::Decide => told(decide::measure(workspace, self.counted()?, rounds)?),
            Section::Engines => told(engines::measure(workspace, rounds)?),
            Section::Inside => told(inside::measure(workspace, rounds)?),
            Section::Instructions => {
                let counted = self.counted()?;
                told(instructions::measure(workspace, counted, arguments.write)?)
            }
            Section::Edge => told(edge::measure(workspace, self.world()?, rounds, seconds)?),
            Section::Credentials => {
                let (world, tokens) = (self.world()?, arguments.tokens);
                told(credentials::measure(workspace, world, rounds, tokens)?)
            }
            Section::Cold => {
                let (world, install) = (self.world()?, arguments.install);
                told(cold::measure(workspace, world, install, rounds, seconds)?)
            }
            Section::Peers => {
                // Only one local world runs at a time.
                self.world = None;
                let missing = arguments.missing_peers();
                let report = peers::measure(workspace, missing, rounds, seconds)?;
                report.map_or(Ok(None), told)
            }
            Section::Size => told(size::measure(workspace)?),
        }
    }

    fn world(&mut self) -> Result<&LocalWorld> {
        if self.world.is_none() {
            self.world = Some(LocalWorld::start()?);
        }
        self.world.as_ref().context("it was just started")
    }

    /// Counted once, for all sections that tell it.
    fn counted(&mut self) -> Result<&[Counted]> {
        if self.counted.is_none() {
            let prefix = match self.arguments.wants(Section::Instructions) {
                true => "",
                false => decide::DECISIONS,
            };
            self.counted = Some(instructions::count(self.workspace, prefix)?);
        }
        self.counted.as_deref().context("they were just counted")
    }
}

fn told(report: impl Serialize) -> Result<Option<Value>> {
    Ok(Some(serde_json::to_value(report)?))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Bench {
        #[command(flatten)]
        arguments: Arguments,
    }

    #[track_caller]
    fn parsed(line: &[&str]) -> Arguments {
        let line = ["bench"].iter().chain(line);
        let bench = Bench::try_parse_from(line).unwrap_or_else(|error| panic!("{error}"));
        bench.arguments
    }

    #[track_caller]
    fn wanted(line: &[&str]) -> Vec<Section> {
        let arguments = parsed(line);
        let sections = Section::value_variants().iter().copied();
        sections
            .filter(|section| arguments.wants(*section))
            .collect()
    }

    #[test]
    fn peers_asked_for_by_name_must_be_there() {
        for (line, want) in [
            (&[][..], Missing::Skip),
            (&["--only", "edge"], Missing::Skip),
            (&["--only", "edge", "peers"], Missing::Fail),
            (&["--only", "peers", "--install"], Missing::Install),
            (&["--install"], Missing::Install),
        ] {
            assert_eq!(parsed(line).missing_peers(), want, "{line:?}");
        }
    }

    #[test]
    fn all_sections_are_measured_unless_some_are_named() {
        use Section::{Credentials, Decide, Edge, Size};
        assert_eq!(wanted(&[]), Section::value_variants());
        assert_eq!(wanted(&["--only", "size"]), [Size]);
        assert_eq!(wanted(&["--only", "size", "edge", "--json"]), [Edge, Size]);
        assert_eq!(
            wanted(&["--only", "decide", "--only", "credentials"]),
            [Decide, Credentials]
        );
    }
}
