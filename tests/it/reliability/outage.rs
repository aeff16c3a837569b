//! What fails, one thing after another, while viewers go on asking: what they are answered, whether any
//! of it is wrong, and how long it shows afterwards. `PLAYBACK_RELIABILITY_FAULTS=killed,rules` tries
//! only these rows of the [table](rows).

/// The disk that the origins write to, small enough to be filled.
mod disk;
/// Editions of the program over one cache.
mod edition;
/// What is broken, and mended again.
mod fault;
/// Viewers, who ask whether or not they are answered.
mod load;
/// What the platform can fail to have.
mod platform;
/// Two origins on one database.
mod regions;
/// The table: each fault, and what is wanted of it.
mod rows;
/// Origins, POPs and what is played.
mod stage;
/// What viewers were answered, by kind.
mod tally;
/// The way from a POP to an origin, with everything that can be wrong with it.
mod wire;

use std::{collections::BTreeMap, env, thread::sleep, time::Duration};

use serde_json::{Value, json};

use super::scale::Scale;
use load::Load;
use rows::{ROWS, Row, Ways};
use stage::Stage;
use tally::Tally;

/// How long a fault lasts in every test run: longer than a fill may take.
const SECONDS: usize = 3;

/// Between two requests in every test run, which has the machine not to itself.
const EVERY: Duration = Duration::from_millis(20);

/// Two hundred in a second, where figures are wanted.
const OFTEN: Duration = Duration::from_millis(5);

/// How long viewers go on when it is over.
const AFTERWARDS: Duration = Duration::from_millis(700);

/// Of what failed, so much is asked for again, in case a failure was kept.
const ASKED_AGAIN: usize = 20;

#[test]
fn every_fault_costs_what_the_table_says_and_nothing_else() {
    let scale = Scale::of("FAULT_SECONDS", SECONDS);
    let only = env::var("PLAYBACK_RELIABILITY_FAULTS").ok();
    let is_asked_for = |row: &Row| {
        let only = only.as_ref();
        only.is_none_or(|only| only.split(',').any(|name| name == row.name))
    };
    let mut figures = BTreeMap::new();
    let mut failed = Vec::new();
    for ways in [Ways::Direct, Ways::Wired, Ways::Editions] {
        let rows = ROWS.iter().enumerate();
        let rows = rows.filter(|(_, row)| row.ways == ways && is_asked_for(row));
        let rows: Vec<_> = rows.collect();
        if rows.is_empty() {
            continue;
        }
        let stage = Stage::start(ways);
        for (at, row) in rows {
            let dice = scale.dice(at as u64);
            let lasts = Duration::from_secs(scale.amount as u64);
            let every = match scale.amount > SECONDS {
                true => OFTEN,
                false => EVERY,
            };
            let load = |stage: &Stage| Load::start(stage, every, dice);
            let (own, complaints) = injected(&stage, row, load, lasts);
            eprintln!("{}: {own}", row.name);
            let complaints = complaints.iter().map(|why| format!("{}: {why}", row.name));
            failed.extend(complaints);
            figures.insert(row.name, own);
        }
        if ways != Ways::Editions {
            stage.pop.assert_no_panic();
        }
    }
    assert!(!figures.is_empty(), "there is no such fault: {only:?}");
    scale.sum_up(json!(figures));
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// Injects the fault, mends it, and answers the figures and what is not as it should be.
fn injected(
    stage: &Stage,
    row: &Row,
    load: impl FnOnce(&Stage) -> Load,
    lasts: Duration,
) -> (Value, Vec<String>) {
    stage.warm();
    stage.edit();
    let mut fault = row.fault.prepare(stage);
    let load = load(stage);
    let purging = stage.purge_again_and_again();
    let since = stage.clock.now();
    fault.inject(stage);
    sleep(lasts);
    let mut complaints = fault.mend(stage);
    let fault = (since, stage.clock.now());
    sleep(AFTERWARDS);
    let mut answers = load.end();
    purging.end();
    complaints.extend(row.fault.without_a_place(&mut answers.all));
    let failed = answers.all.iter().filter(|answer| answer.is_failure());
    let failed: Vec<_> = failed.take(ASKED_AGAIN).collect();
    complaints.extend(stage.asked_again(&failed));
    let last_reads = stage.last_reads();
    let verdict = stage.check(&answers.all, last_reads);
    if verdict.wrong > 0 {
        complaints.push(verdict.to_string());
    }
    complaints.extend(row.wanted.complaints(&answers, fault));
    let tally = Tally::of(&answers.all, fault);
    (tally.figures(verdict.wrong), complaints)
}
