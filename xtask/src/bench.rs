//! `cargo xtask bench`: what a decision costs, and what a hit costs beside a program that does
//! nothing.
//!
//! Wall times differ from machine to machine and from minute to minute; the ratio of two programs
//! measured in turns, in POPs of one kind, does not by much. So the ratio is the result.

mod constant;
mod local_world;
mod wrk;

use anyhow::Result;
use serde::Serialize;

use crate::workspace::Workspace;
use crate::{apt, process, say};
use constant::Constant;
use local_world::LocalWorld;
use wrk::{Load, Measured};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Leave out the native benchmarks of `decide`
    #[arg(long)]
    skip_decide: bool,
    /// How long each measurement takes
    #[arg(long, value_name = "S", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=60))]
    seconds: u16,
    /// How often each program is measured, in turns; the median counts
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=20))]
    rounds: u8,
    /// Print JSON instead of the table
    #[arg(long)]
    json: bool,
}

/// One row of the result.
#[derive(Debug, Serialize)]
struct Row {
    what: &'static str,
    #[serde(flatten)]
    measured: Measured,
    /// Requests per second beside those of the constant program.
    of_constant: f64,
}

pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    apt::install(&["wrk"])?;
    if !arguments.skip_decide {
        say::step("Measuring decisions");
        process::run(
            workspace
                .cargo()
                .args(["bench", "--package", "playback-bench"]),
        )?;
    }
    let world = LocalWorld::start()?;
    let constant = Constant::start(workspace)?;
    let loads = [
        Load {
            what: "constant body",
            ..constant.load()
        },
        Load {
            what: "hit, no restriction",
            ..world.unrestricted()?
        },
        Load {
            what: "hit, countries",
            ..world.restricted()?
        },
        Load {
            what: "refused by country",
            status: 403,
            ..world.refused()?
        },
        Load {
            what: "bad key",
            status: 401,
            ..world.bad_key()?
        },
    ];
    let rows = measure(&loads, arguments)?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        table(&rows);
    }
    Ok(())
}

fn measure(loads: &[Load], arguments: &Arguments) -> Result<Vec<Row>> {
    let mut measured: Vec<Vec<Measured>> = vec![Vec::new(); loads.len()];
    for load in loads {
        load.check()?;
    }
    for round in 1..=arguments.rounds {
        say::step(&format!("Round {round} of {}", arguments.rounds));
        for (load, measured) in loads.iter().zip(&mut measured) {
            measured.push(wrk::run(load, arguments.seconds)?);
        }
    }
    let medians: Vec<Measured> = measured.into_iter().filter_map(Measured::median).collect();
    let base = medians
        .first()
        .map_or(f64::NAN, |constant| constant.requests_per_s);
    let rows = loads.iter().zip(medians).map(|(load, measured)| Row {
        what: load.what,
        of_constant: measured.requests_per_s / base,
        measured,
    });
    Ok(rows.collect())
}

fn table(rows: &[Row]) {
    println!(
        "{:<22} {:>10} {:>10} {:>10} {:>12}",
        "", "requests/s", "p50 ms", "p99 ms", "of constant"
    );
    for row in rows {
        println!(
            "{:<22} {:>10.0} {:>10.2} {:>10.2} {:>12.2}",
            row.what,
            row.measured.requests_per_s,
            row.measured.p50_ms,
            row.measured.p99_ms,
            row.of_constant
        );
    }
}
