//! What a POP takes before it is warm: to load the program, and for its first answers; beside programs that do
//! next to nothing, and beside copies of ours that `wasm-opt` has been through.

mod wasm_opt;

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use serde::Serialize;

use super::edge::{guest_us, kinds};
use super::load::{Client, Load};
use super::local_world::LocalWorld;
use super::pop::{self, Pop, Setup};
use super::spread::{Spread, median};
use crate::build;
use crate::children::Interrupt;
use crate::workspace::Workspace;
use crate::{apt, say};

#[derive(Debug, Serialize)]
pub(super) struct Report {
    rows: Vec<Row>,
    /// The copies of ours; none where there is no `wasm-opt`.
    optimised: Vec<Row>,
    wasm_opt: &'static str,
}

#[derive(Debug, Serialize)]
struct Row {
    what: String,
    /// Of the Wasm, without names.
    bytes: usize,
    /// To compile it, as the POP tells.
    load_ms: Spread,
    /// From the start of the process until it listens, that included.
    listening_ms: Spread,
    /// By the client's clock.
    first_ms: Spread,
    second_ms: Spread,
    /// The middle of the last hundred of a thousand answers.
    later_ms: Spread,
    /// The program's own time for a hit, under load.
    #[serde(skip_serializing_if = "Option::is_none")]
    guest_us: Option<Spread>,
}

/// A program that is started again and again.
struct Contender {
    what: String,
    wasm: PathBuf,
    /// What is asked, of whatever server; without it, any path.
    load: Option<Load>,
}

/// One start.
#[derive(Debug, Clone, Copy)]
struct Turn {
    load_ms: f64,
    listening_ms: f64,
    first_ms: f64,
    second_ms: f64,
    later_ms: f64,
    guest_us: Option<f64>,
}

/// How many answers a fresh POP gives, and how many of the last count as those of a warm one.
const ANSWERS: usize = 1_000;
const LATER: usize = 100;

pub(super) fn measure(
    workspace: &Workspace,
    world: &LocalWorld,
    is_installed: bool,
    rounds: u8,
    seconds: u16,
) -> Result<Report> {
    apt::install(&["wrk"])?;
    let kinds = kinds::prepare(world)?;
    let hit = kinds.first().context("there are kinds of requests")?;
    let bare = |what: &str, package| {
        Ok::<_, anyhow::Error>(Contender {
            what: what.to_owned(),
            wasm: pop::built(workspace, package)?,
            load: None,
        })
    };
    let ours = pop::built(workspace, build::EDGE)?;
    let optimised = wasm_opt::all(workspace, &ours, is_installed)?;
    let of_ours = |what: String, wasm| Contender {
        what,
        wasm,
        load: Some(hit.clone()),
    };
    let mut contenders = vec![
        bare("constant", "bench-constant")?,
        bare("floor", "bench-floor")?,
        of_ours("ours".to_owned(), ours),
    ];
    let plain = contenders.len();
    contenders.extend(
        optimised
            .into_iter()
            .map(|(level, wasm)| of_ours(format!("ours, wasm-opt {level}"), wasm)),
    );
    let (origin, interrupt) = (world.origin()?, Interrupt::catch()?);
    let mut turns: Vec<Vec<Turn>> = Vec::new();
    turns.resize_with(contenders.len(), Vec::new);
    for round in 1..=rounds {
        say::step(&format!("Fresh POPs, round {round} of {rounds}"));
        for (contender, turns) in contenders.iter().zip(&mut turns) {
            say::detail(&contender.what);
            turns.push(turn(workspace, contender, &origin, seconds, &interrupt)?);
        }
    }
    let rows = contenders.iter().zip(&turns);
    let rows: Result<Vec<Row>> = rows.map(|(one, turns)| row(one, turns)).collect();
    let mut rows = rows?;
    Ok(Report {
        optimised: rows.split_off(plain),
        rows,
        wasm_opt: wasm_opt::VERSION,
    })
}

/// Starts it afresh and asks it a thousand times; ours is put under load then.
fn turn(
    workspace: &Workspace,
    contender: &Contender,
    origin: &str,
    seconds: u16,
    interrupt: &Interrupt,
) -> Result<Turn> {
    let setup = Setup {
        name: "cold",
        wasm: &contender.wasm,
        origin: Some(origin),
        tells_memory: false,
    };
    let started = Instant::now();
    let pop = Pop::start(workspace, setup, interrupt)?;
    let listening_ms = started.elapsed().as_secs_f64() * 1e3;
    let load = contender.load.as_ref();
    let load = load.map_or_else(|| pop.load("bare"), |load| load.at(pop.url()));
    let client = Client::new();
    let mut answers = Vec::new();
    for at in 0..ANSWERS {
        let answer = client.ask(&load)?;
        ensure!(
            contender.load.is_none() || answer.is_hit == (at > 0),
            "{}: answer number {} did not come from where it should",
            contender.what,
            at + 1
        );
        answers.push(answer.client_ms);
    }
    let samples = workspace.target("bench/perf.data");
    let guest_us = match contender.load {
        Some(_) => Some(guest_us(&load, pop.id()?, seconds, &samples)?),
        None => None,
    };
    let later = answers.get(ANSWERS - LATER..).unwrap_or_default();
    Ok(Turn {
        load_ms: load_ms(&pop.log()?).context("the POP did not tell how long it compiled")?,
        listening_ms,
        first_ms: answers[0],
        second_ms: answers[1],
        later_ms: median(later).context("there were answers")?,
        guest_us,
    })
}

/// What the POP logs of its start.
fn load_ms(log: &str) -> Option<f64> {
    let line = log.lines().find(|line| line.contains(" compiled "))?;
    let (_, rest) = line.split_once("duration_ms=")?;
    rest.split_whitespace().next()?.parse().ok()
}

fn row(contender: &Contender, turns: &[Turn]) -> Result<Row> {
    let wasm = &contender.wasm;
    let wasm = fs::read(wasm).with_context(|| format!("cannot read {}", wasm.display()))?;
    let spread = |figure: fn(&Turn) -> f64| {
        let figures: Vec<f64> = turns.iter().map(figure).collect();
        Spread::of(&figures).context("there was a round")
    };
    let guest_us: Vec<f64> = turns.iter().filter_map(|turn| turn.guest_us).collect();
    Ok(Row {
        what: contender.what.clone(),
        bytes: build::stripped(&wasm)?.len(),
        load_ms: spread(|turn| turn.load_ms)?,
        listening_ms: spread(|turn| turn.listening_ms)?,
        first_ms: spread(|turn| turn.first_ms)?,
        second_ms: spread(|turn| turn.second_ms)?,
        later_ms: spread(|turn| turn.later_ms)?,
        guest_us: Spread::of(&guest_us),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_to_compile_is_read_from_the_log() {
        for (log, want) in [
            (
                "T  WARN x: slow\nT  INFO local_pop::start: compiled pops=1 duration_ms=612\n",
                Some(612.0),
            ),
            (
                "T  INFO local_pop::start: compiled duration_ms=7 pops=1",
                Some(7.0),
            ),
            ("T  INFO local_pop::start: compiled pops=1", None),
            ("duration_ms=612", None),
            ("", None),
        ] {
            assert_eq!(load_ms(log), want, "{log}");
        }
    }
}
