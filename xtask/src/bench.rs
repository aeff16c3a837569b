//! `cargo xtask bench`: what a decision costs, here and elsewhere, a hit, and a credential, what makes the
//! program large, and what the same answers cost others.
//!
//! Times differ from machine to machine and from minute to minute; the ratio of two kinds of request
//! measured in turns, in POPs of one kind, does not by much. So the ratio is the result.

mod cms;
mod cpu;
mod credentials;
mod edge;
mod engines;
pub(crate) mod instructions;
mod load;
mod local_world;
mod peers;
mod perf;
pub(crate) mod profile;
mod size;
mod spread;

use std::io;

use anyhow::{Result, ensure};
use clap::ValueEnum;
use serde::Serialize;

use crate::workspace::Workspace;
use crate::{process, say};
use local_world::LocalWorld;
use peers::Missing;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Measure only this; may be given several times, or with several names
    #[arg(long, value_enum, value_name = "SECTION", num_args = 1..)]
    only: Vec<Section>,
    /// How long each measurement of `edge` and `peers` takes
    #[arg(long, value_name = "S", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=60))]
    seconds: u16,
    /// How many tokens of each algorithm `credentials` shows in a round
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(10..=2000))]
    tokens: u32,
    /// How often each request is measured, in turns with the others; the median counts
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=20))]
    rounds: u8,
    /// Install those `peers` that are missing
    #[arg(long)]
    install: bool,
    /// Make what `instructions` counts the new budgets
    #[arg(long)]
    write: bool,
    /// Print JSON instead of tables; those of `decide` then go to standard error
    #[arg(long)]
    json: bool,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Section {
    /// Decisions, natively
    Decide,
    /// The same decisions by general policy engines
    Engines,
    /// Instructions of single operations, beside their budgets
    Instructions,
    /// Hits and refusals under load, beside a program that does nothing
    Edge,
    /// Policy keys and viewer tokens, beside an empty request
    Credentials,
    /// The same answers by Varnish, nginx and workerd
    Peers,
    /// The program's Wasm, crate by crate
    Size,
}

/// What was measured. Decisions are told by their own program.
#[derive(Debug, Default, Serialize)]
struct Report {
    #[serde(skip_serializing_if = "Option::is_none")]
    engines: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instructions: Option<instructions::Report>,
    #[serde(skip_serializing_if = "Option::is_none")]
    edge: Option<edge::Report>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credentials: Option<credentials::Report>,
    #[serde(skip_serializing_if = "Option::is_none")]
    peers: Option<peers::Report>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<size::Report>,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    ensure!(
        !arguments.write || arguments.wants(Section::Instructions),
        "`--write` is of `instructions`, which is not among the sections"
    );
    let mut report = Report::default();
    if arguments.wants(Section::Size) {
        report.size = Some(size::measure(workspace)?);
    }
    if arguments.wants(Section::Decide) {
        decide(workspace, arguments)?;
    }
    if arguments.wants(Section::Engines) {
        report.engines = engines::measure(workspace, arguments.rounds, arguments.json)?;
    }
    if arguments.wants(Section::Instructions) {
        report.instructions = Some(instructions::measure(workspace, arguments.write)?);
    }
    if arguments.wants(Section::Edge) || arguments.wants(Section::Credentials) {
        let world = LocalWorld::start()?;
        if arguments.wants(Section::Edge) {
            report.edge = Some(edge::measure(
                workspace,
                &world,
                arguments.rounds,
                arguments.seconds,
            )?);
        }
        if arguments.wants(Section::Credentials) {
            report.credentials = Some(credentials::measure(
                workspace,
                &world,
                arguments.rounds,
                arguments.tokens,
            )?);
        }
    }
    // After the others: only one local world runs at a time.
    if arguments.wants(Section::Peers) {
        report.peers = peers::measure(
            workspace,
            arguments.missing_peers(),
            arguments.rounds,
            arguments.seconds,
        )?;
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        report.print();
    }
    Ok(())
}

fn decide(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    say::step("Measuring decisions");
    let mut bench = workspace.cargo();
    bench.args(["bench", "--package", "playback-bench"]);
    if arguments.json {
        bench.stdout(io::stderr());
    }
    process::run(&mut bench)
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

// === impl Report ===

impl Report {
    fn print(&self) {
        let Self {
            // Their program prints its tables itself.
            engines: _,
            instructions,
            edge,
            credentials,
            peers,
            size,
        } = self;
        let tables = [
            instructions.as_ref().map(ToString::to_string),
            edge.as_ref().map(ToString::to_string),
            credentials.as_ref().map(ToString::to_string),
            peers.as_ref().map(ToString::to_string),
            size.as_ref().map(ToString::to_string),
        ];
        for table in tables.iter().flatten() {
            println!("\n{table}");
        }
    }
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
        use Section::{Credentials, Decide, Edge, Engines, Instructions, Peers, Size};
        assert_eq!(
            wanted(&[]),
            [
                Decide,
                Engines,
                Instructions,
                Edge,
                Credentials,
                Peers,
                Size
            ]
        );
        assert_eq!(wanted(&["--only", "size"]), [Size]);
        assert_eq!(wanted(&["--only", "size", "edge", "--json"]), [Edge, Size]);
        assert_eq!(
            wanted(&["--only", "decide", "--only", "credentials"]),
            [Decide, Credentials]
        );
    }
}
