//! What a credential costs in Wasm, by the edge's own clock.
//!
//! The edge tells how long it took (`Server-Timing`): from the request's arrival in the program to its
//! answer, without the network, the POP around it and the log line. How much of that any request takes,
//! an empty one shows: it asks whether the program runs, of the same program and by the same clock. The
//! program with a constant body keeps no time. The CPU in the log line is whole milliseconds, too coarse.

mod account;
mod questions;
mod signers;

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde::Serialize;

use super::load::{Client, Load};
use super::local_world::LocalWorld;
use super::spread::{Spread, median};
use crate::say;
use crate::workspace::Workspace;
use questions::{Question, Questions};

/// One row for each kind of request.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// How often each kind was asked in a round.
    asked: u32,
    rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    what: &'static str,
    /// By the edge's clock: the medians of the rounds.
    edge_ms: Spread,
    /// How often it takes as long as the empty request of the same round.
    of_empty: Spread,
    /// By the client's clock: the medians of the rounds.
    client_ms: Spread,
}

/// The requests of one round, of one kind.
#[derive(Debug, Default)]
struct Samples {
    edge_ms: Vec<f64>,
    client_ms: Vec<f64>,
}

/// The medians of one round, kind by kind.
type Round = Vec<Medians>;

#[derive(Debug)]
struct Medians {
    edge_ms: f64,
    client_ms: f64,
}

/// The origin purges a second time, three seconds after an edit. An answer that is older was cached
/// after that.
const SETTLED: u64 = 5;
const SETTLE_LIMIT: Duration = Duration::from_secs(60);

pub(super) fn measure(
    workspace: &Workspace,
    world: &LocalWorld,
    rounds: u8,
    tokens: u32,
) -> Result<Report> {
    let signers = signers::sign(workspace, tokens * u32::from(rounds))?;
    let key = account::prepare(world, &signers)?;
    let questions = Questions::new(world, &key, &signers)?;
    let client = Client::new();
    settle(&client, &questions.with_key())?;
    let mut measured = Vec::new();
    for round in 0..u32::from(rounds) {
        say::step(&format!("Credentials, round {} of {rounds}", round + 1));
        measured.push(ask(&client, &questions, round * tokens, tokens)?);
    }
    let rows = rows(&measured)?;
    check_memory(&rows)?;
    Ok(Report {
        asked: tokens,
        rows,
    })
}

/// Waits until no purge of an edit can come any more.
fn settle(client: &Client, load: &Load) -> Result<()> {
    say::step("Waiting for the last purge");
    let started = Instant::now();
    while client.ask(load)?.age_s.is_none_or(|age| age < SETTLED) {
        ensure!(
            started.elapsed() < SETTLE_LIMIT,
            "the cached answer does not grow old: it is purged again and again"
        );
        thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}

/// One round: every turn asks once of each kind.
fn ask(client: &Client, questions: &Questions, first: u32, turns: u32) -> Result<Round> {
    let mut samples: Vec<Samples> = Vec::new();
    samples.resize_with(Question::NAMES.len(), Samples::default);
    for turn in first..first + turns {
        for question in questions.turn(turn)? {
            let answer = client.ask(&question.load)?;
            let what = question.load.what;
            ensure!(
                answer.is_hit == question.is_hit,
                "{what}: an answer that did not come from the cache as it should"
            );
            let edge_ms = answer.edge_ms;
            let samples = &mut samples[question.kind];
            samples
                .edge_ms
                .push(edge_ms.with_context(|| format!("{what}: the edge told no time"))?);
            samples.client_ms.push(answer.client_ms);
        }
    }
    let medians = samples.iter().map(|samples| {
        Some(Medians {
            edge_ms: median(&samples.edge_ms)?,
            client_ms: median(&samples.client_ms)?,
        })
    });
    let medians: Option<Round> = medians.collect();
    medians.context("every kind was asked")
}

fn rows(rounds: &[Round]) -> Result<Vec<Row>> {
    let spread = |of: &dyn Fn(&Round) -> f64| {
        let values: Vec<f64> = rounds.iter().map(of).collect();
        Spread::of(&values).context("there was a round")
    };
    let rows = Question::NAMES.iter().enumerate().map(|(kind, what)| {
        Ok(Row {
            what,
            edge_ms: spread(&|round| round[kind].edge_ms)?,
            of_empty: spread(&|round| round[kind].edge_ms / round[Question::EMPTY].edge_ms)?,
            client_ms: spread(&|round| round[kind].client_ms)?,
        })
    });
    rows.collect()
}

/// No header tells whether a token was remembered. It shows in the time, or the rows are not what they
/// are called.
fn check_memory(rows: &[Row]) -> Result<()> {
    for kind in Question::FIRST_SIGHTS {
        let (first, again) = (&rows[kind], &rows[kind + 1]);
        ensure!(
            again.edge_ms.median < first.edge_ms.median,
            "{}: no faster than at first sight, so it was not remembered",
            again.what
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A round in which the kinds took so long, on a machine that is so many times slower.
    fn round(edge_ms: [f64; Question::NAMES.len()], slower: f64) -> Round {
        let medians = edge_ms.map(|edge_ms| Medians {
            edge_ms: slower * edge_ms,
            client_ms: 9.0,
        });
        medians.into()
    }

    const EDGE_MS: [f64; Question::NAMES.len()] = [0.1, 0.2, 0.1, 0.5, 0.2, 0.9, 0.2, 0.8, 0.2];

    #[test]
    fn a_row_is_held_against_the_empty_request_of_its_own_round() {
        let rounds = [1.0, 2.0, 1.0].map(|slower| round(EDGE_MS, slower));
        let rows = rows(&rounds).expect("three rounds");
        let key = &rows[1];
        assert_eq!(key.what, "policy key");
        assert_eq!(key.edge_ms.range(1), "0.2 to 0.4");
        assert_eq!(key.of_empty.range(1), "2.0 to 2.0");
        assert_eq!(key.client_ms.range(1), "9.0 to 9.0");
    }

    #[test]
    fn err_a_token_that_is_no_faster_the_second_time() {
        let told = rows(&[round(EDGE_MS, 1.0)]).expect("a round");
        check_memory(&told).expect("all are faster");
        let mut edge_ms = EDGE_MS;
        edge_ms[6] = edge_ms[5];
        let told = rows(&[round(edge_ms, 1.0)]).expect("a round");
        let error = check_memory(&told).expect_err("ES256 is not").to_string();
        assert!(error.contains("ES256 token, remembered"), "{error}");
    }
}
