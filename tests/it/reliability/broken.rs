//! What is broken on purpose is found out by the checker, and the same arrangement is fine with what
//! works: so a clean run says something.

/// A system, and what is done to it.
mod arrangement;

use std::{sync::Arc, thread, time::Duration};

use super::{
    check::{Verdict, Why, Wrong},
    faults::{Fault, Step},
    record::Audience,
    staleness,
    system::Plan,
};
use crate::harness::{eventually::eventually, gate::Manner, http::RUNTIME};
use arrangement::{Arrangement, VIDEO, ask, is_old_video, read};

/// A deadline that nobody needs to wait long for, nor misses on a busy machine.
const SHORT_MS: u32 = 1_500;

/// What one POP shows is shown, and it starts sooner than three.
const ONE_POP: &[&str] = &["fra"];

// === what is broken ===

#[test]
fn a_second_purge_before_the_fill_deadline_is_found_out() {
    for (purger_deadline_ms, is_found) in [(0, true), (2_500, false)] {
        let plan = Plan {
            pops: ONE_POP,
            purger_deadline_ms,
            ..Plan::of(1)
        };
        let verdict = an_answer_held_across_the_purge(Arrangement::of(&plan), is_found);
        assert_eq!(
            verdict.has(|wrong| is_old(wrong, Why::SecondPurgeDue)),
            is_found,
            "purged again after {purger_deadline_ms} ms and the margin: {verdict}"
        );
        assert!(is_found || verdict.late_fills > 0, "no fill was late");
    }
}

#[test]
fn a_purger_that_forgets_how_far_it_was_is_found_out() {
    for (forgets, is_found) in [(true, true), (false, false)] {
        let plan = Plan {
            forgets,
            ..short(2)
        };
        let verdict = a_purger_killed_before_its_call(Arrangement::of(&plan));
        let is_never_visible = |wrong| matches!(wrong, Wrong::NeverVisible { .. });
        assert_eq!(
            verdict.has(is_never_visible),
            is_found,
            "forgets: {forgets}: {verdict}"
        );
    }
}

#[test]
fn a_soft_purge_of_rights_is_found_out() {
    for (fault, is_found) in [(Fault::Softened, true), (Fault::None, false)] {
        let verdict = an_edit_while_the_origin_is_cut_off(Arrangement::of(&short(1)), fault);
        assert_eq!(
            verdict.has(|wrong| is_old(wrong, Why::PurgedTwice)),
            is_found,
            "{fault:?}: {verdict}"
        );
    }
}

fn is_old(wrong: Wrong, reason: Why) -> bool {
    matches!(wrong, Wrong::Old { why, .. } if why == reason)
}

fn short(videos: usize) -> Plan {
    Plan {
        pops: ONE_POP,
        fill_deadline_ms: SHORT_MS,
        purger_deadline_ms: SHORT_MS,
        ..Plan::of(videos)
    }
}

// === arrangements ===

/// The origin answers with the old rights, and the answer arrives after the first purge; and, if that
/// one is too early, after the second.
fn an_answer_held_across_the_purge(mut on: Arrangement, is_second_early: bool) -> Verdict {
    let held = on
        .system
        .fills
        .bar(&on.system.fill_label(VIDEO), Manner::HoldAnswer);
    let system = Arc::clone(&on.system);
    let waiting = RUNTIME.spawn(async move { ask(&system, 0).await });
    held.wait_until_reached();
    let edited = on.take_from_the_french();
    let first = on.next_hard_purge(edited);
    if is_second_early {
        on.next_hard_purge(first);
    }
    held.lift();
    let waited = RUNTIME.block_on(waiting).expect("no panic");
    let read = read(waited).expect("it was not held beyond the deadline");
    assert!(is_old_video(&read), "the fill was of the old rights");
    let late = on.limits.fill_deadline + on.limits.second_purge + Duration::from_millis(500);
    while on.system.clock.now() < first + late {
        on.read(0);
        thread::sleep(Duration::from_millis(50));
    }
    on.verdict(Vec::new())
}

/// The purger dies with the call in its hand. When the next one has purged another edit, it has had
/// its chance.
fn a_purger_killed_before_its_call(mut on: Arrangement) -> Verdict {
    const OTHER: usize = 1;
    on.copy();
    let key = on.system.video_key(VIDEO);
    let mut is_killed = false;
    on.system.purges.choose(move |keys| {
        let is_it = !is_killed && keys.contains(&key);
        is_killed |= is_it;
        match is_it {
            true => Fault::Killed(Step::BeforePassing),
            false => Fault::None,
        }
    });
    on.take_from_the_french();
    eventually("the purger is killed and up again", || {
        (on.system.purger.crashes() == 1).then_some(())
    });
    let edited = on.system.clock.now();
    RUNTIME.block_on(on.editor.edit_rights(OTHER, Audience::GERMANS));
    let first = on.next_hard_purge_of(OTHER, edited);
    on.next_hard_purge_of(OTHER, first);
    staleness::come_to_rest(&on.system);
    let last_reads = RUNTIME.block_on(staleness::last_reads(&on.system, 2));
    on.verdict(last_reads)
}

/// A copy of the old rights is there, and nothing else can be had.
fn an_edit_while_the_origin_is_cut_off(mut on: Arrangement, fault: Fault) -> Verdict {
    on.copy();
    on.system.purges.choose(move |_| fault);
    let outage = on
        .system
        .fills
        .bar(&on.system.fill_label(VIDEO), Manner::Cut);
    let edited = on.take_from_the_french();
    let first = on.next_hard_purge(edited);
    let second = on.next_hard_purge(first);
    let everywhere = second + on.limits.spread + Duration::from_millis(50);
    while on.system.clock.now() < everywhere {
        thread::sleep(Duration::from_millis(20));
    }
    on.read(0);
    outage.lift();
    on.verdict(Vec::new())
}
