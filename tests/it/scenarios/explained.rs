//! The tables by explanations: those of the pure decision, of the edge, of the origin and at a terminal
//! are one, and what they say is what is enforced. A question may tell the time, a proxy and a token,
//! so that rows which no POP can be given are asked too.

use playback_policy::{Explanation, ViewerFacts};
use serde_json::{Value, json};

use super::{
    doors,
    question::Question,
    wasm::{as_viewer, stage_of},
};
use crate::{
    explain::{question_with, told},
    harness::{
        scenario::{self, Scenario, Wanted},
        world,
    },
};

#[test]
fn every_row_is_explained_alike_by_the_edge_and_as_it_is_enforced() {
    let rows = scenario::all();
    let complaints: Vec<_> = rows
        .iter()
        .filter_map(|row| Some(format!("{}: {}", row.id, holds(row).err()?)))
        .collect();
    scenario::assert_all_hold(rows.len(), &complaints);
}

/// RFC 9651 §3.3.1: a number of a header has 15 digits at most, so a later time cannot be told.
const LAST_TIME: u64 = 999_999_999_999_999;

fn holds(row: &Scenario) -> Result<(), String> {
    let question = Question::of(row)?;
    if question.viewer.now.unsigned_abs() > LAST_TIME {
        return Ok(());
    }
    let stage = stage_of(row, world::without_purges());
    let facts = told_of(row, &question);
    let ask = as_viewer(stage.ask(), &row.viewer);
    let reply = question_with(ask.clone(), &facts).send();
    let by_edge = told(&reply)?;
    let pure = question.explained()?;
    if row.want.decision == Wanted::Deny {
        enforces(row, &by_edge)?;
    } else if by_edge["explanation"]["verdict"] != "allow" || by_edge["status"] != 200 {
        return Err(format!("it should be allowed: {by_edge}"));
    }
    same(&checks(&by_edge["explanation"]), &checks(&json!(pure)))?;
    same(&seen(&by_edge["explanation"]), &seen(&json!(pure)))?;
    for other in [
        doors::at_the_origin(row, &question.viewer, &stage),
        doors::at_a_terminal(&question)?,
    ] {
        same(&other["verdict"], &json!(pure.verdict))?;
        same(&checks(&other), &checks(&json!(pure)))?;
    }
    if !row.is_pure_only() {
        let enforced = ask.send().status;
        same(&by_edge["status"], &json!(enforced))?;
    }
    Ok(())
}

/// What the edge must be told of a row that no POP can be given.
fn told_of(row: &Scenario, question: &Question) -> ViewerFacts {
    match row.is_pure_only() {
        true => ViewerFacts {
            time: Some(question.viewer.now),
            proxy: Some(question.viewer.proxy),
            token: Some(question.viewer.token),
            ..ViewerFacts::default()
        },
        false => ViewerFacts::default(),
    }
}

fn enforces(row: &Scenario, told: &Value) -> Result<(), String> {
    let (want, refusal) = (&row.want, &told["explanation"]["refusal"]);
    same(&refusal["layer"], &json!(want.layer))?;
    same(&refusal["member"], &json!(want.member))?;
    same(&refusal["client_geo"], &json!(want.client_geo))?;
    for answer in [refusal, told] {
        same(&answer["status"], &json!(want.status))?;
        same(&answer["error_code"], &json!(want.code))?;
        same(&answer["error_subcode"], &json!(want.subcode))?;
    }
    Ok(())
}

/// The checks that there are rules for, without what was seen: each door has a clock and lists of its
/// own, and may hold layers that say nothing.
fn checks(explanation: &Value) -> Value {
    let mut checks = explanation["checks"].clone();
    if let Some(checks) = checks.as_array_mut() {
        checks.retain(|check| check["outcome"] != "no-rules");
        checks
            .iter_mut()
            .for_each(|check| drop(check["seen"].take()));
    }
    checks
}

/// The viewer, without the clock, the lists, and the id that the CMS gives a key.
fn seen(explanation: &Value) -> Value {
    let mut viewer = explanation["viewer"].clone();
    for own in ["time", "acls", "key-id"] {
        viewer[own] = Value::Null;
    }
    viewer
}

fn same(found: &Value, wanted: &Value) -> Result<(), String> {
    match found == wanted {
        true => Ok(()),
        false => Err(format!("wanted {wanted}, the edge says {found}")),
    }
}

/// What would turn a row's verdict round is told in most of them, and does so: the edge is asked
/// again with it.
#[test]
fn what_would_turn_a_row_round_does_so_at_the_edge() {
    let rows = scenario::all();
    // One row in seven, of every table: each costs an account of its own.
    let some = rows.iter().step_by(7);
    let (mut turned, mut complaints) = (0, Vec::new());
    for row in some.clone() {
        match turns_round(row) {
            Ok(has_turned) => turned += usize::from(has_turned),
            Err(complaint) => complaints.push(format!("{}: {complaint}", row.id)),
        }
    }
    scenario::assert_all_hold(some.len(), &complaints);
    assert!(turned * 5 > some.len() * 4, "{turned} of {}", some.len());
}

fn turns_round(row: &Scenario) -> Result<bool, String> {
    let question = Question::of(row)?;
    let explained: Explanation = question.explained()?;
    let Some(flip) = explained.flip else {
        return Ok(false);
    };
    // The edge's own lists have other names: a row with lists is turned round by pure tests.
    if flip.acls.is_some() || !row.viewer.acls.is_empty() {
        return Ok(true);
    }
    let seen = ViewerFacts {
        acls: None,
        ..ViewerFacts::of(&question.viewer)
    };
    let facts = match (flip.ip, row.is_pure_only()) {
        // The edge would find out where another address is: all else must be told to stay.
        (Some(_), _) => flip.clone().over(seen),
        // What no POP can be given must be told too.
        (None, true) => flip.clone().over(told_of(row, &question)),
        (None, false) => flip.clone(),
    };
    let stage = stage_of(row, world::without_purges());
    let reply = question_with(as_viewer(stage.ask(), &row.viewer), &facts).send();
    let verdict = told(&reply)?["explanation"]["verdict"].clone();
    match verdict == json!(explained.verdict) {
        true => Err(format!("`{flip}` does not turn it round")),
        false => Ok(true),
    }
}
