//! How much memory a sandbox has had when it ends, as Viceroy logs it: the Wasm's linear memory, which never
//! shrinks. It is asked for apart from the load, since logging takes time.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use super::Report;
use super::programs::Programs;
use crate::bench::load::{Client, Load};
use crate::bench::pop::{Pop, Setup};
use crate::children::Interrupt;
use crate::say;
use crate::workspace::Workspace;

/// How many sandboxes of each kind are looked at.
const SANDBOXES: usize = 10;
/// The first of them have filled the cache.
const PREPARING: usize = 3;
/// Requests that must be enough for that: some POPs use a sandbox six times.
const MOST: usize = 1_000;

/// What Viceroy says around the amount.
const MARKS: (&str, &str) = ("request completed using ", " of WebAssembly heap");

/// Sandboxes that have ended.
struct Ended {
    /// Of the one that had the most, but for the first few.
    memory_mib: f64,
    requests_each: f64,
}

/// Fills in what `report` lacks.
pub(super) fn add(
    report: &mut Report,
    workspace: &Workspace,
    programs: &Programs,
    kinds: &[Load],
    origin: &str,
) -> Result<()> {
    say::step("Asking for the memory of sandboxes");
    let interrupt = Interrupt::catch()?;
    let start = |wasm: &Path| {
        let setup = Setup {
            name: "memory",
            wasm,
            origin: Some(origin),
            tells_memory: true,
        };
        Pop::start(workspace, setup, &interrupt)
    };
    let mut ended = Vec::new();
    for program in [&programs.constant, &programs.floor] {
        let pop = start(&program.reused)?;
        ended.push(ask(&pop, &pop.load("bare"))?);
    }
    let pop = start(&programs.ours.reused)?;
    for kind in kinds {
        ended.push(ask(&pop, &kind.at(pop.url()))?);
    }
    drop(pop);
    ensure!(
        ended.len() == report.rows.len(),
        "a kind of request without its memory"
    );
    for (row, ended) in report.rows.iter_mut().zip(&ended) {
        row.memory_mib = ended.memory_mib;
    }
    let all: f64 = ended.iter().map(|ended| ended.requests_each).sum();
    report.requests_per_sandbox = all / ended.len() as f64;

    let single = [&programs.constant, &programs.floor, &programs.ours];
    for (row, program) in report.single_use.iter_mut().zip(single) {
        let pop = start(&program.single_use)?;
        let kind = kinds.iter().find(|kind| kind.what == row.what);
        let load = kind.map_or_else(|| pop.load(row.what), |kind| kind.at(pop.url()));
        row.memory_mib = ask(&pop, &load)?.memory_mib;
    }
    Ok(())
}

/// Asks until enough sandboxes have ended.
fn ask(pop: &Pop, load: &Load) -> Result<Ended> {
    let client = Client::new();
    let before = amounts(&pop.log()?).len();
    for asked in 1..=MOST {
        client.ask(load)?;
        let log = pop.log()?;
        let ended = amounts(&log).into_iter().skip(before);
        let ended: Vec<&str> = ended.collect();
        if ended.len() >= SANDBOXES {
            let mib = ended.iter().skip(PREPARING).map(|amount| mib(amount));
            let mib: Option<Vec<f64>> = mib.collect();
            let mib = mib.with_context(|| format!("amounts of memory: {ended:?}"))?;
            return Ok(Ended {
                memory_mib: mib.into_iter().fold(0.0, f64::max),
                requests_each: asked as f64 / ended.len() as f64,
            });
        }
    }
    anyhow::bail!(
        "{}: after {MOST} requests the POP has not told of {SANDBOXES} sandboxes that ended",
        load.what
    )
}

/// Each amount in the log, as it is written.
fn amounts(log: &str) -> Vec<&str> {
    let (before, after) = MARKS;
    let lines = log.lines();
    lines
        .filter_map(|line| Some(line.split_once(before)?.1.split_once(after)?.0))
        .collect()
}

fn mib(amount: &str) -> Option<f64> {
    let (number, unit) = amount.split_once(' ')?;
    let factor = match unit {
        "B" => 1.0 / 1_048_576.0,
        "KiB" => 1.0 / 1_024.0,
        "MiB" => 1.0,
        "GiB" => 1_024.0,
        _ => return None,
    };
    Some(number.parse::<f64>().ok()? * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_from_the_log() {
        let log = "\
2026-11-23T06:00:00Z  INFO request{id=1}: viceroy_lib::execute: request completed using 1.2 MiB of WebAssembly heap
2026-11-23T06:00:00Z  INFO request{id=1}: viceroy_lib::execute: request completed in 1ms
2026-11-23T06:00:00Z  INFO request{id=2}: viceroy_lib::execute: request completed using 512.0 KiB of WebAssembly heap
";
        let told: Vec<_> = amounts(log).into_iter().map(mib).collect();
        assert_eq!(told, [Some(1.2), Some(0.5)]);
        for wrong in ["", "MiB", "1.2 pages", "much MiB"] {
            assert_eq!(mib(wrong), None, "{wrong}");
        }
    }
}
