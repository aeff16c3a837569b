//! The figures of a run, and whether it was worth running.

use serde_json::{Value, json};

use super::{
    super::{
        check::Verdict,
        editor::Lost,
        faults::Fates,
        record::{Evidence, History, Seen},
        system::System,
    },
    readers::Readers,
    trouble::Troubles,
};

/// In fewer reads something rare may be missing by chance.
const ENOUGH_TO_SAY: usize = 15_000;

pub(super) fn of(
    system: &System,
    evidence: &Evidence,
    readers: &Readers,
    troubles: &Troubles,
    lost: Lost,
    verdict: &Verdict,
) -> Value {
    let seen = system.purges.seen();
    let count = |of: fn(&History) -> usize| evidence.videos.iter().map(of).sum::<usize>();
    json!({
        "reads": evidence.reads.len() + readers.no_answers.len(),
        "judged": verdict.judged,
        "wrong": verdict.wrong,
        "refused": refused(evidence),
        "no_answers": readers.no_answers.len(),
        "no_answers_unexplained": readers.unexplained(troubles),
        "edits_of_rights": count(|video| video.rights.len() - 1),
        "edits_of_content": count(|video| video.content.len() - 1),
        "edits_settled": verdict.settled,
        "lost_and_happened": lost.happened,
        "lost_and_never_happened": lost.never_happened,
        "late_fills": verdict.late_fills,
        "latest_ms": verdict.latest.as_millis(),
        "videos_at_rest": evidence.last_reads.len(),
        "purger_killed": system.purger.crashes(),
        "origin_killed": system.origin_crashes(),
        "fills_held": troubles.holds,
        "fills_held_beyond_the_deadline": troubles.holds_beyond_the_deadline,
        "calls_confirmed": seen.passed.len(),
        "calls": seen.fates,
    })
}

fn refused(evidence: &Evidence) -> usize {
    let seen = evidence.reads.iter().flat_map(|read| &read.seen);
    seen.filter(|(_, seen)| *seen == Seen::Refused).count()
}

/// A run in which hardly anything was edited, settled, refused or broken shows little.
#[track_caller]
pub(super) fn assert_not_dull(system: &System, evidence: &Evidence, lost: Lost, verdict: &Verdict) {
    if evidence.reads.len() < ENOUGH_TO_SAY {
        return;
    }
    let edits: usize = evidence
        .videos
        .iter()
        .map(|video| video.rights.len() - 1)
        .sum();
    let refused = refused(evidence) as f64 / verdict.judged as f64;
    let fates = system.purges.seen().fates;
    let faults: u64 = fates.values().sum::<u64>() - fates.get("none").unwrap_or(&0);
    let missing: Vec<_> = Fates::names()
        .filter(|name| !fates.contains_key(name))
        .collect();
    assert!(edits > 100, "{edits} edits");
    assert!(
        verdict.settled * 2 > edits,
        "{} of {edits} settled",
        verdict.settled
    );
    assert!((0.2..0.8).contains(&refused), "{refused} are refused");
    assert!(
        missing.is_empty() || faults < Fates::deck_faults() as u64,
        "of {faults} faults none was {missing:?}"
    );
    assert!(verdict.late_fills > 0, "no fill was ever late");
    let killed = system.origin_crashes();
    assert!(
        killed > 2 && lost.happened + lost.never_happened > 0,
        "the origin was killed {killed} times and lost no edit"
    );
}
