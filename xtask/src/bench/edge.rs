//! Hits and refusals under load, beside a program that does nothing.

mod constant;
mod wrk;

use std::fmt;

use anyhow::Result;
use serde::Serialize;

use super::load::Load;
use super::local_world::LocalWorld;
use crate::workspace::Workspace;
use crate::{apt, say};
use constant::Constant;
use wrk::Measured;

/// One row for each kind of request.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(super) struct Report(Vec<Row>);

#[derive(Debug, Serialize)]
struct Row {
    what: &'static str,
    #[serde(flatten)]
    measured: Measured,
    /// Requests per second beside those of the constant program.
    of_constant: f64,
}

pub(super) fn measure(
    workspace: &Workspace,
    world: &LocalWorld,
    rounds: u8,
    seconds: u16,
) -> Result<Report> {
    apt::install(&["wrk"])?;
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
    in_turns(&loads, rounds, seconds).map(Report)
}

fn in_turns(loads: &[Load], rounds: u8, seconds: u16) -> Result<Vec<Row>> {
    let mut measured: Vec<Vec<Measured>> = vec![Vec::new(); loads.len()];
    for load in loads {
        load.check()?;
    }
    for round in 1..=rounds {
        say::step(&format!("Requests under load, round {round} of {rounds}"));
        for (load, measured) in loads.iter().zip(&mut measured) {
            measured.push(wrk::run(load, seconds)?);
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

// === impl Report ===

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<22} {:>10} {:>10} {:>10} {:>12}",
            "under load", "requests/s", "p50 ms", "p99 ms", "of constant"
        )?;
        for row in &self.0 {
            write!(
                f,
                "\n{:<22} {:>10.0} {:>10.2} {:>10.2} {:>12.2}",
                row.what,
                row.measured.requests_per_s,
                row.measured.p50_ms,
                row.measured.p99_ms,
                row.of_constant
            )?;
        }
        Ok(())
    }
}
