//! Hits and refusals under load, beside two programs that do next to nothing: one answers a constant
//! body, the other (`floor`) finds a body in the Core Cache. Some of it once more by the same programs where
//! each request gets a sandbox of its own.
//!
//! Nearly all of a request is the local POP around the program, which is not Fastly's. So what is told
//! besides requests per second is the guest's own time: the program's, compiled code alone.

mod guest;
pub(super) mod kinds;
mod memory;
mod programs;
pub(super) mod wrk;

use std::path::Path;

use anyhow::{Context as _, Result};
use serde::Serialize;

use super::load::Load;
use super::local_world::LocalWorld;
use super::spread::Spread;
use crate::children::Interrupt;
use crate::workspace::Workspace;
use crate::{apt, say};
use guest::Watch;
use programs::Programs;
use wrk::Measured;

/// One row for each kind of request.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    connections: u16,
    rows: Vec<Row>,
    /// The same where no sandbox is used again.
    single_use: Vec<Row>,
    /// Requests that a POP gave to one sandbox, on the average.
    requests_per_sandbox: f64,
}

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
    /// Requests per second beside those of the same program in sandboxes that are used again.
    #[serde(skip_serializing_if = "Option::is_none")]
    of_reused: Option<Spread>,
    /// The memory of a sandbox at its end, the most of several.
    memory_mib: f64,
}

/// A kind of request, and the process that answers it.
struct Contender {
    load: Load,
    pop: u32,
    /// Where no sandbox is used again: the place of the same with sandboxes that are.
    reused: Option<usize>,
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
/// And of the first kind of request of ours.
const HIT: usize = 2;

pub(super) fn measure(
    workspace: &Workspace,
    world: &LocalWorld,
    rounds: u8,
    seconds: u16,
) -> Result<Report> {
    apt::install(&["wrk"])?;
    let interrupt = Interrupt::catch()?;
    let programs = Programs::build(workspace)?;
    let kinds = kinds::prepare(world)?;
    let origin = world.origin()?;
    let (rows, single_use) = {
        let constant = programs.constant(workspace, &interrupt)?;
        let floor = programs.floor(workspace, &interrupt)?;
        let single = programs.single_use(workspace, &origin, &interrupt)?;
        let reused = |load, pop| Contender {
            load,
            pop,
            reused: None,
        };
        let mut contenders = vec![
            reused(constant.load("constant"), constant.id()?),
            reused(floor.load("floor"), floor.id()?),
        ];
        let pop = world.pops()?;
        contenders.extend(kinds.iter().map(|load| reused(load.clone(), pop)));
        for (pop, reused) in single.iter().zip([0, FLOOR, HIT]) {
            let load = contenders[reused].load.at(pop.url());
            contenders.push(Contender {
                load,
                pop: pop.id()?,
                reused: Some(reused),
            });
        }
        let samples = workspace.target("bench/perf.data");
        let mut rows = in_turns(&contenders, rounds, seconds, &samples)?;
        let single_use = rows.split_off(rows.len() - single.len());
        (rows, single_use)
    };
    let mut report = Report {
        connections: CONNECTIONS,
        rows,
        single_use,
        requests_per_sandbox: 0.0,
    };
    memory::add(&mut report, workspace, &programs, &kinds, &origin)?;
    Ok(report)
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
            turn(&contender.load, contender.pop, seconds, samples)
        });
        turns.push(round.collect::<Result<_>>()?);
    }
    let rows = contenders
        .iter()
        .enumerate()
        .map(|(at, contender)| Row::of(contender, at, &turns));
    rows.collect::<Option<_>>().context("nothing was measured")
}

/// Puts the process that answers such a request under load for so long.
fn turn(load: &Load, pop: u32, seconds: u16, samples: &Path) -> Result<Turn> {
    let watch = Watch::begin(pop, samples)?;
    let wrk = wrk::run(load, CONNECTIONS, seconds);
    let cpu = watch.end()?;
    let wrk = wrk?;
    let cpu_us = cpu.spent.as_secs_f64() * 1e6 / wrk.requests as f64;
    Ok(Turn {
        wrk,
        cpu_us,
        guest_us: cpu_us * cpu.guest_share,
    })
}

/// The program's own time for such a request, under load.
pub(super) fn guest_us(load: &Load, pop: u32, seconds: u16, samples: &Path) -> Result<f64> {
    Ok(turn(load, pop, seconds, samples)?.guest_us)
}

// === impl Row ===

impl Row {
    fn of(contender: &Contender, at: usize, rounds: &[Vec<Turn>]) -> Option<Self> {
        let spread = |other: usize, figure: fn(&Turn, &Turn) -> f64| {
            let of_round = |round: &Vec<Turn>| Some(figure(round.get(at)?, round.get(other)?));
            Spread::of(&rounds.iter().filter_map(of_round).collect::<Vec<_>>())
        };
        let per_s = |turn: &Turn, other: &Turn| turn.wrk.requests_per_s / other.wrk.requests_per_s;
        Some(Self {
            what: contender.load.what,
            requests_per_s: spread(at, |turn, _| turn.wrk.requests_per_s)?,
            of_floor: spread(FLOOR, per_s)?,
            p50_ms: spread(at, |turn, _| turn.wrk.p50_ms)?,
            p99_ms: spread(at, |turn, _| turn.wrk.p99_ms)?,
            cpu_us: spread(at, |turn, _| turn.cpu_us)?,
            guest_us: spread(at, |turn, _| turn.guest_us)?,
            guest_over_floor_us: spread(FLOOR, |turn, floor| turn.guest_us - floor.guest_us)?,
            of_reused: contender.reused.and_then(|reused| spread(reused, per_s)),
            memory_mib: 0.0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_held_against_floor_and_against_reused_sandboxes_of_its_own_round() {
        let turn = |requests_per_s, guest_us| Turn {
            wrk: Measured {
                requests_per_s,
                p50_ms: 1.0,
                p99_ms: 2.0,
                requests: 1,
            },
            cpu_us: 100.0,
            guest_us,
        };
        let round = |slower: f64| {
            let turns = [(4.0, 1.0), (2.0, 10.0), (1.0, 12.0), (0.5, 20.0)];
            turns.map(|(per_s, guest)| turn(per_s / slower, guest * slower))
        };
        let rounds = [1.0, 2.0, 1.0].map(|slower| round(slower).to_vec());
        let contender = Contender {
            load: Load {
                what: "hit",
                ..Load::default()
            },
            pop: 1,
            reused: Some(HIT),
        };
        let row = Row::of(&contender, 3, &rounds).expect("three rounds");
        assert_eq!(row.requests_per_s.range(2), "0.25 to 0.50");
        assert_eq!(row.of_floor.range(2), "0.25 to 0.25");
        assert_eq!(row.guest_over_floor_us.range(0), "10 to 20");
        assert_eq!(row.of_reused.expect("it has one").range(2), "0.50 to 0.50");
    }
}
