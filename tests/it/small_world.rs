//! The world model, held to real POPs: what `playback-world` says of a trace, and what comes of it where
//! the real Wasm runs in POPs that are as far from everything as the model's.
//!
//! `cargo xtask world --validate` compares times as well, of a longer trace: by hand, name a file for the
//! figures in `PLAYBACK_WORLD_SUMMARY`, and perhaps what makes the same dice fall again in `…_SEED`.

/// What the programs themselves take.
mod calibration;
/// Viewers and editors, each when it is time.
mod driver;
/// What is compared.
mod figures;
/// Processes, and the ways between them.
mod parts;
/// The way from the purger to the POPs.
mod purges;
/// When the machine had no time.
mod stalls;

use std::{env, fs, path::PathBuf};

use playback_world::{
    parameters,
    small::{self, Line, Outcome, Replay, Small},
};
use serde_json::{Value, json};

use crate::harness::{
    http::{self, RUNTIME},
    processes,
};
use calibration::calibrated;
use driver::{Answer, Door, edit_request, replay};
use figures::Answered;
use parts::Parts;
use stalls::Stalls;

/// Between two lines where one thing is to happen after another: longer than all purges of an edit take.
const APART_MS: f64 = 30_000.0;

#[track_caller]
fn model(small: &Small, trace: &[Line]) -> Replay {
    small::replay(small, trace).expect("the model knows all of the trace")
}

/// Writes the catalog, and gives a policy key.
#[track_caller]
fn load(small: &Small, parts: &Parts) -> String {
    let numbers = 1..=small.catalog.videos;
    let videos = numbers.map(|number| (number.to_string(), small.rules(number).to_owned()));
    parts.catalog(&small.catalog.account, videos)
}

/// One thing after another, so that nothing depends on how fast the machine is. Gives the answers, and how
/// often an origin was asked for them.
#[track_caller]
fn in_order(small: &Small, trace: &[Line]) -> (Vec<Answer>, u64) {
    let parts = Parts::start(small);
    let key = load(small, &parts);
    let doors: Vec<_> = parts.doors.iter().map(|door| Door::at(*door)).collect();
    let mut answers = Vec::new();
    for (line, what) in trace.iter().enumerate() {
        match what {
            Line::Request {
                pop,
                video,
                account,
                viewer,
                ..
            } => {
                let asking = doors[*pop].ask(account, video, *viewer, &key);
                let said = RUNTIME.block_on(asking);
                answers.push(Answer::of(line, *pop, &said, &Stalls::default()));
            }
            Line::Edit { edit, .. } => {
                let edit = edit_request(small, edit, line);
                http::send_now(parts.origin.address, edit).assert_status(200);
                parts.settle();
            }
        }
    }
    (answers, parts.origin_calls(&small.catalog.account))
}

/// What differs between the model and what was seen, of hits and of refusals.
fn differences(model: &Replay, seen: &[Answer]) -> Vec<String> {
    assert_eq!(model.answers.len(), seen.len(), "every request is answered");
    let pairs = model.answers.iter().zip(seen);
    let differ = pairs.filter(|(model, seen)| {
        let is_hit = model.outcome == Outcome::Hit;
        (model.line, is_hit, model.allowed) != (seen.line, seen.is_hit, seen.is_allowed)
    });
    differ
        .map(|(model, seen)| format!("{model:?}, but {seen:?}"))
        .collect()
}

#[test]
fn hits_refusals_and_origin_calls_are_the_models_request_for_request() {
    for shield in [false, true] {
        let sets = [
            format!("shield.used={shield}"),
            "catalog.videos=12".to_owned(),
            "fill_deadline_ms=1000".to_owned(),
            "load.seconds=4".to_owned(),
        ];
        let small: Small = parameters::read(&parameter_file(), &sets).expect("known names");
        let mut trace = small::trace(&small, 7);
        for (number, line) in trace.iter_mut().enumerate() {
            let (Line::Request { at_ms, .. } | Line::Edit { at_ms, .. }) = line;
            *at_ms = number as f64 * APART_MS;
        }
        let model = model(&small, &trace);
        let answers = &model.answers;
        let is = |outcome| answers.iter().any(|answer| answer.outcome == outcome);
        let (refused, edits) = (
            answers.iter().any(|answer| !answer.allowed),
            trace.len() - answers.len(),
        );
        assert!(
            is(Outcome::Hit) && is(Outcome::Miss) && refused && edits > 1,
            "a trace of everything"
        );
        let (seen, origin_calls) = in_order(&small, &trace);
        let differences = differences(&model, &seen);
        assert!(differences.is_empty(), "shield {shield}: {differences:#?}");
        assert_eq!(model.origin_calls as u64, origin_calls, "shield {shield}");
    }
}

/// What a run is asked to do.
struct Run {
    seed: u64,
    /// Where the figures go. Without it there is a short trace, and nothing is compared.
    summary: Option<PathBuf>,
}

impl Run {
    #[track_caller]
    fn of_environment() -> Self {
        let seed = env::var("PLAYBACK_WORLD_SEED").ok();
        let seed = seed.map(|seed| seed.parse().expect("a seed is a number"));
        Self {
            seed: seed.unwrap_or(7),
            summary: env::var_os("PLAYBACK_WORLD_SUMMARY").map(PathBuf::from),
        }
    }
}

fn parameter_file() -> PathBuf {
    processes::workspace().join("bench/world/small.toml")
}

/// The trace at its times, at POPs that are far from everything. In every test run a short one, of which
/// only that is claimed which no busy machine makes wrong.
#[test]
fn no_answer_is_faster_than_its_way() {
    let run = Run::of_environment();
    let mut figures = json!({ "seed": run.seed });
    for (name, shield) in [("without", false), ("with", true)] {
        let mut sets = vec![format!("shield.used={shield}")];
        if run.summary.is_none() {
            sets.push("load.seconds=5".to_owned());
        }
        let small: Small = parameters::read(&parameter_file(), &sets).expect("known names");
        let trace = small::trace(&small, run.seed);
        let parts = Parts::start(&small);
        let calibrated = match &run.summary {
            Some(_) => calibrated(&small, &parts),
            None => small.clone(),
        };
        let key = load(&small, &parts);
        parts.spread();
        let answers = replay(&parts, &small, &trace, &key);
        parts.assert_no_panic();
        for answer in &answers {
            let (least_ms, took) = (least_ms(&small, answer), answer.first_byte);
            assert!(
                took.as_secs_f64() * 1_000.0 >= least_ms,
                "{answer:?}, not {least_ms} ms"
            );
        }
        figures[name] = compared(&calibrated, &trace, &answers);
    }
    eprintln!("{figures}");
    if let Some(file) = run.summary {
        fs::write(file, figures.to_string()).expect("the summary can be written");
    }
}

/// What the ways alone take.
fn least_ms(small: &Small, answer: &Answer) -> f64 {
    let pop = &small.pops[answer.pop];
    let beyond_ms = match (answer.is_hit, small.shield.used) {
        (true, _) => 0.0,
        // Somebody may have brought it there.
        (false, true) => pop.shield_ms,
        (false, false) => pop.origins_ms.iter().copied().fold(f64::INFINITY, f64::min),
    };
    2.0 * (pop.viewer_ms + beyond_ms)
}

/// The model's figures, and those that were measured, of all requests but those that the machine held up.
fn compared(small: &Small, trace: &[Line], answers: &[Answer]) -> Value {
    let pops = small.pops.len();
    let model = model(small, trace);
    let differences = differences(&model, answers);
    let (mut modelled, mut measured) = (Vec::new(), Vec::new());
    let pairs = model.answers.iter().zip(answers);
    for (model, seen) in pairs.filter(|(_, seen)| !seen.is_stalled) {
        modelled.push(Answered {
            pop: model.pop,
            is_hit: model.outcome == Outcome::Hit,
            first_byte_ms: model.ttfb_ms,
        });
        measured.push(Answered {
            pop: seen.pop,
            is_hit: seen.is_hit,
            first_byte_ms: seen.first_byte.as_secs_f64() * 1_000.0,
        });
    }
    let names = small.pops.iter().map(|pop| pop.name.as_str());
    json!({
        "pops": names.chain(["all"]).collect::<Vec<_>>(),
        "service": small.service,
        "confirmed_ms": small.purging.confirmed_ms,
        "call_ms": small.purging.call_ms,
        "requests": answers.len(),
        "edits": trace.len() - answers.len(),
        "otherwise": differences.len(),
        "held_up": answers.len() - measured.len(),
        "model": figures::figures(&modelled, pops),
        "measured": figures::figures(&measured, pops),
    })
}
