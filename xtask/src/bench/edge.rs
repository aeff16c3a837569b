//! Hits and refusals under load, beside two programs that do next to nothing: one answers a constant
//! body, the other (`floor`) finds a body in the Core Cache.
//!
//! Nearly all of a request is the local POP around the program, which is not Fastly's. So what is told
//! besides requests per second is the guest's own time: the program's, compiled code alone.

pub(super) mod bare;
mod guest;
pub(super) mod kinds;
pub(super) mod wrk;

use std::fmt;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::Serialize;

use super::load::Load;
use super::local_world::LocalWorld;
use super::spread::Spread;
use crate::children::Interrupt;
use crate::workspace::Workspace;
use crate::{apt, say};
use bare::Bare;
use guest::Watch;
use wrk::Measured;

/// One row for each kind of request.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(super) struct Report(Vec<Row>);

#[derive(Debug, Serialize)]
struct Row {
    what: &'static str,
    requests_per_s: Spread,
    /// Requests per second beside those of `floor` in the same round.
    of_floor: Spread,
    p50_ms: Spread,
    p99_ms: Spread,
    /// CPU of the POP's process for a request.
    cpu_us: Spread,
    /// What of that is the program's own.
    guest_us: Spread,
    /// The same, beside `floor` in the same round.
    guest_over_floor_us: Spread,
}

/// A kind of request, and the process that answers it.
struct Contender {
    load: Load,
    pop: u32,
}

/// One turn of a contender.
#[derive(Debug, Clone, Copy)]
struct Turn {
    wrk: Measured,
    cpu_us: f64,
    guest_us: f64,
}

/// Viewers at a time. Two cores are kept busy, and queues stay short.
pub(super) const CONNECTIONS: u16 = 8;

/// The place of `floor` among the contenders.
const FLOOR: usize = 1;

pub(super) fn measure(
    workspace: &Workspace,
    world: &LocalWorld,
    rounds: u8,
    seconds: u16,
) -> Result<Report> {
    apt::install(&["wrk"])?;
    let interrupt = Interrupt::catch()?;
    let constant = Bare::start(workspace, "bench-constant", &interrupt)?;
    let floor = Bare::start(workspace, "bench-floor", &interrupt)?;
    let bare = |what, bare: &Bare| {
        let load = bare.load();
        let pop = bare.id().context("it runs")?;
        Ok::<_, anyhow::Error>(Contender {
            load: Load { what, ..load },
            pop,
        })
    };
    let mut contenders = vec![bare("constant", &constant)?, bare("floor", &floor)?];
    let pop = world.pops()?;
    contenders.extend(
        kinds::prepare(world)?
            .into_iter()
            .map(|load| Contender { load, pop }),
    );
    let samples = workspace.target("bench/perf.data");
    in_turns(&contenders, rounds, seconds, &samples).map(Report)
}

fn in_turns(
    contenders: &[Contender],
    rounds: u8,
    seconds: u16,
    samples: &Path,
) -> Result<Vec<Row>> {
    for contender in contenders {
        contender.load.check()?;
    }
    let mut turns: Vec<Vec<Turn>> = Vec::new();
    for round in 1..=rounds {
        say::step(&format!("Requests under load, round {round} of {rounds}"));
        let round = contenders.iter().map(|contender| {
            say::detail(contender.load.what);
            turn(contender, seconds, samples)
        });
        turns.push(round.collect::<Result<_>>()?);
    }
    let rows = contenders
        .iter()
        .enumerate()
        .map(|(at, contender)| Row::of(contender.load.what, at, &turns));
    rows.collect::<Option<_>>().context("nothing was measured")
}

fn turn(contender: &Contender, seconds: u16, samples: &Path) -> Result<Turn> {
    let watch = Watch::begin(contender.pop, samples)?;
    let wrk = wrk::run(&contender.load, CONNECTIONS, seconds);
    let cpu = watch.end()?;
    let wrk = wrk?;
    let cpu_us = cpu.spent.as_secs_f64() * 1e6 / wrk.requests as f64;
    Ok(Turn {
        wrk,
        cpu_us,
        guest_us: cpu_us * cpu.guest_share,
    })
}

// === impl Row ===

impl Row {
    fn of(what: &'static str, at: usize, rounds: &[Vec<Turn>]) -> Option<Self> {
        let spread = |figure: fn(&Turn, &Turn) -> f64| {
            let of_round = |round: &Vec<Turn>| Some(figure(round.get(at)?, round.get(FLOOR)?));
            Spread::of(&rounds.iter().filter_map(of_round).collect::<Vec<_>>())
        };
        Some(Self {
            what,
            requests_per_s: spread(|turn, _| turn.wrk.requests_per_s)?,
            of_floor: spread(|turn, floor| turn.wrk.requests_per_s / floor.wrk.requests_per_s)?,
            p50_ms: spread(|turn, _| turn.wrk.p50_ms)?,
            p99_ms: spread(|turn, _| turn.wrk.p99_ms)?,
            cpu_us: spread(|turn, _| turn.cpu_us)?,
            guest_us: spread(|turn, _| turn.guest_us)?,
            guest_over_floor_us: spread(|turn, floor| turn.guest_us - floor.guest_us)?,
        })
    }
}

// === impl Report ===

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<22} {:>10} {:>9} {:>8} {:>8} {:>8} {:>9} {:>16} {:>11}",
            "under load",
            "requests/s",
            "of floor",
            "p50 ms",
            "p99 ms",
            "CPU µs",
            "guest µs",
            "range",
            "over floor",
        )?;
        for row in &self.0 {
            write!(
                f,
                "\n{:<22} {:>10.0} {:>9.2} {:>8.2} {:>8.2} {:>8.0} {:>9.1} {:>16} {:>11.1}",
                row.what,
                row.requests_per_s.median,
                row.of_floor.median,
                row.p50_ms.median,
                row.p99_ms.median,
                row.cpu_us.median,
                row.guest_us.median,
                row.guest_us.range(1),
                row.guest_over_floor_us.median,
            )?;
        }
        Ok(())
    }
}
