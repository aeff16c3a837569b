//! The database goes back to a moment while viewers watch: when the purge of everything is confirmed,
//! every POP answers what was true then, what was undone is served never again, and editors go on.

/// Backups, as a timer makes them, and the way back.
mod backups;
/// What came of it.
mod outcome;
/// An accident, and everything until editors go on.
mod round;

use std::{sync::Arc, time::Duration};

use serde_json::json;

use super::{
    check::Wrong,
    editor::Editor,
    scale::{Scale, Spread},
    staleness,
    system::{Plan, System},
};
use outcome::Outcome;
use round::Round;

const EDITORS: usize = 4;
const VIDEOS_AN_EDITOR: usize = 3;

#[test]
fn after_a_restore_under_load_every_pop_answers_what_was_true_then() {
    let scale = Arc::new(Scale::of("RESTORES", 1));
    let plan = Plan {
        origins: 2,
        deletes: true,
        ..Plan::of(EDITORS * VIDEOS_AN_EDITOR)
    };
    let (system, mut editors) = start(&plan, &scale);
    let mut outcomes = Vec::new();
    for number in 0..scale.amount {
        let round = Round::new(&system, &scale, number);
        let (outcome, back) = round.run(editors);
        editors = back;
        scale.tell(|| format!("{} restores: {outcome:?}", number + 1));
        outcomes.push(outcome);
    }
    let count = |of: fn(&Outcome) -> u64| outcomes.iter().map(of).sum::<u64>();
    let spread = |of: fn(&Outcome) -> Duration| Spread::of(outcomes.iter().map(of)).figures();
    let wrong = count(|outcome| outcome.verdicts().map(|verdict| verdict.wrong).sum());
    scale.sum_up(json!({
        "restores": outcomes.len(),
        "backups": count(|outcome| outcome.backups),
        "edits": count(|outcome| outcome.edits),
        "undone": count(|outcome| outcome.undone),
        "edits_afterwards": count(|outcome| outcome.edits_afterwards),
        "judged_before": count(|outcome| outcome.before.judged),
        "judged_at_rest": count(|outcome| outcome.looks),
        "judged_after": count(|outcome| outcome.after.judged),
        "meanwhile": count(|outcome| outcome.meanwhile),
        "undone_seen_meanwhile": count(|outcome| outcome.undone_seen),
        "wrong": wrong,
        "restored": spread(|outcome| outcome.restored),
        "back": spread(|outcome| outcome.back),
        "confirmed": spread(|outcome| outcome.confirmed),
    }));
    for outcome in &outcomes {
        assert!(outcome.not_as_then.is_empty(), "{:?}", outcome.not_as_then);
        outcome
            .verdicts()
            .for_each(|verdict| verdict.assert_clean());
        assert!(outcome.odd.is_empty(), "{}", outcome.odd[0]);
        assert!(
            outcome.after.judged > 100,
            "hardly anybody asked afterwards"
        );
    }
    assert!(count(|outcome| outcome.undone) > 0, "nothing was undone");
    assert!(
        count(|outcome| outcome.edits_afterwards) > 0,
        "nobody went on"
    );
    system.pop.assert_no_panic();
}

#[test]
fn a_restore_without_the_purge_is_found_out() {
    for (forgets, is_found) in [(true, true), (false, false)] {
        let scale = Arc::new(Scale::of("RESTORES", 1));
        let plan = Plan {
            pops: &["fra"],
            forgets,
            ..Plan::of(2)
        };
        let (system, editors) = start(&plan, &scale);
        let (outcome, _) = Round::new(&system, &scale, 0).after_a_calm().run(editors);
        assert!(outcome.not_as_then.is_empty(), "{:?}", outcome.not_as_then);
        assert!(outcome.undone > 0, "nothing was undone");
        let is_undone = |wrong| matches!(wrong, Wrong::NoSuchVersion | Wrong::NeverVisible { .. });
        assert_eq!(
            outcome.at_rest.has(is_undone),
            is_found,
            "forgets: {forgets}: {}",
            outcome.at_rest
        );
        assert!(is_found || outcome.verdicts().all(|verdict| verdict.wrong == 0));
    }
}

#[track_caller]
fn start(plan: &Plan, scale: &Scale) -> (Arc<System>, Vec<Editor>) {
    let system = Arc::new(System::start(plan));
    staleness::come_to_rest(&system);
    let all: Vec<_> = (0..plan.videos).collect();
    let editors = all
        .chunks(VIDEOS_AN_EDITOR)
        .enumerate()
        .map(|(number, own)| {
            let way = system.origins[number % plan.origins].address;
            let dice = scale.dice(100 + number as u64);
            Editor::new(&system, dice, own).by_way_of(way)
        });
    let editors = editors.collect();
    (system, editors)
}
