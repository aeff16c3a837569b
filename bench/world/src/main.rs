//! The world model's program.

mod progress;

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader, BufWriter, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use playback_world::{
    day::Day,
    parameters, report,
    small::{self, Line, Small},
};

#[derive(Debug, Parser)]
#[command(name = "world", about = "A day of the world, by the real policy code")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// A day of each design, and the questions
    Day {
        #[command(flatten)]
        given: Given,
        /// What makes other dice fall
        #[arg(long, value_name = "N")]
        seed: Option<u64>,
        /// Where the figures go, as JSON
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Where the drawings go
        #[arg(long, value_name = "FOLDER")]
        plots: PathBuf,
    },
    /// Write a trace for real POPs: a line for each request and each edit
    Trace {
        #[command(flatten)]
        given: Given,
        /// What makes the same dice fall again
        #[arg(long, value_name = "N", default_value_t = 1)]
        seed: u64,
        /// Where it goes
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Answer a trace by the model
    Replay {
        #[command(flatten)]
        given: Given,
        #[arg(long, value_name = "FILE")]
        trace: PathBuf,
        /// Print the figures as JSON
        #[arg(long)]
        json: bool,
        /// With each answer, too, in JSON
        #[arg(long)]
        answers: bool,
    },
}

#[derive(Debug, clap::Args)]
struct Given {
    /// The parameter file
    #[arg(long, value_name = "FILE")]
    parameters: PathBuf,
    /// Set one of its parameters, such as shield.used=true
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
}

fn main() -> ExitCode {
    let outcome = match &Arguments::parse().command {
        Command::Day {
            given,
            seed,
            out,
            plots,
        } => day(given, *seed, out, plots),
        Command::Trace { given, seed, out } => trace(given, *seed, out),
        Command::Replay {
            given,
            trace,
            json,
            answers,
        } => replay(given, trace, *json, *answers),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn trace(given: &Given, seed: u64, out: &Path) -> Result<()> {
    let small: Small = parameters::read(&given.parameters, &given.set)?;
    let file = File::create(out).with_context(|| format!("cannot write {}", out.display()))?;
    let mut file = BufWriter::new(file);
    for line in small::trace(&small, seed) {
        serde_json::to_writer(&mut file, &line)?;
        file.write_all(b"\n")?;
    }
    Ok(file.flush()?)
}

fn replay(given: &Given, trace: &Path, json: bool, answers: bool) -> Result<()> {
    let small: Small = parameters::read(&given.parameters, &given.set)?;
    let file = File::open(trace).with_context(|| format!("cannot read {}", trace.display()))?;
    let mut lines: Vec<Line> = Vec::new();
    for line in BufReader::new(file).lines() {
        lines.push(serde_json::from_str(&line?).context("a line of the trace")?);
    }
    let mut replay = small::replay(&small, &lines)?;
    if !answers {
        replay.answers.clear();
    }
    if json {
        println!("{}", serde_json::to_string_pretty(&replay)?);
        return Ok(());
    }
    for pop in &replay.pops {
        let (ttfb, requests, hits) = (&pop.ttfb, pop.requests, pop.hits);
        println!(
            "{:>8}: {requests} requests, {hits} hits, {} waited; ms p50 {:.1} p95 {:.1} p99 {:.1} mean {:.1}",
            pop.pop, pop.waited, ttfb.p50_ms, ttfb.p95_ms, ttfb.p99_ms, ttfb.mean_ms
        );
    }
    Ok(())
}

fn day(given: &Given, seed: Option<u64>, out: &Path, plots: &Path) -> Result<()> {
    let mut day: Day = parameters::read(&given.parameters, &given.set)?;
    day.seed = seed.unwrap_or(day.seed);
    let report = report::report(&day, &progress::Shown::new(report::parts()))?;
    fs::create_dir_all(plots).with_context(|| format!("cannot make {}", plots.display()))?;
    for (name, svg) in &report.plots {
        let file = plots.join(format!("{name}.svg"));
        fs::write(&file, svg).with_context(|| format!("cannot write {}", file.display()))?;
    }
    let text = serde_json::to_string_pretty(&report.figures)? + "\n";
    fs::write(out, text).with_context(|| format!("cannot write {}", out.display()))
}
