//! The smallest change of facts that turns a verdict round.
//!
//! Found by asking the walk itself about viewers who differ in few facts. Once the time is fixed,
//! every check looks at facts of its own, so that each refusing check is mended by itself and the
//! whole is as small as its parts. A check that looks at no clock is mended alike at all times at
//! which the same layers exist, and is looked into once for these.

use super::{candidates, recorder::refusing};
use crate::{
    check::Check,
    compiled::{Compiled, HeldLayer},
    decide::decide,
    facts::ViewerFacts,
    rules::{Rules, Verdict},
    viewer::Viewer,
};

/// Of one kind of fact, how many values are tried in pairs with another kind.
const PAIRED: usize = 64;

/// What mends a check while the same layers exist.
struct Mended {
    check: Check,
    applying: Vec<bool>,
    facts: Option<ViewerFacts>,
}

/// The fewest facts by which this viewer would get the other verdict. None where no value that the
/// rules name, and none beside them, turns it round.
pub(super) fn smallest(
    compiled: &Compiled<'_>,
    layers: &[HeldLayer],
    viewer: &Viewer,
) -> Option<ViewerFacts> {
    let rules: Vec<&Rules> = layers
        .iter()
        .filter(|held| held.enforced)
        .map(|held| &held.rules)
        .collect();
    match decide(compiled, viewer).verdict() {
        Verdict::Deny => to_allow(compiled, &rules, viewer),
        Verdict::Allow => to_deny(compiled, &rules, viewer),
    }
}

fn to_allow(compiled: &Compiled<'_>, rules: &[&Rules], viewer: &Viewer) -> Option<ViewerFacts> {
    let now = ViewerFacts::default();
    let times = std::iter::once(now).chain(candidates::times(rules, viewer.now));
    let mut known = Vec::new();
    let mut best: Option<ViewerFacts> = None;
    for time in times {
        let is_worse = |facts: &ViewerFacts| {
            let best = best.as_ref().map(ViewerFacts::count);
            best.is_some_and(|best| facts.count() >= best)
        };
        if is_worse(&time) {
            continue;
        }
        let facts = mended(compiled, rules, viewer, time, &mut known);
        if let Some(facts) = facts.filter(|found| !is_worse(found)) {
            best = Some(facts);
        }
    }
    best
}

/// What lets the viewer in at that time.
fn mended(
    compiled: &Compiled<'_>,
    rules: &[&Rules],
    viewer: &Viewer,
    time: ViewerFacts,
    known: &mut Vec<Mended>,
) -> Option<ViewerFacts> {
    let at_time = time.applied_to(viewer).ok()?;
    let applying = compiled.applying_at(at_time.now);
    let mut facts = time;
    for check in refusing(|| compiled.layers_at(at_time.now), &at_time) {
        let found = known
            .iter()
            .find(|one| one.check == check && one.applying == applying);
        let found = match found {
            Some(one) => one.facts.clone(),
            None => {
                let facts = one_check(compiled, rules, &at_time, check);
                known.push(Mended {
                    check,
                    applying: applying.clone(),
                    facts: facts.clone(),
                });
                facts
            }
        };
        facts = facts.over(found?);
    }
    let mended = facts.applied_to(viewer).ok()?;
    (decide(compiled, &mended).verdict() == Verdict::Allow).then_some(facts)
}

/// The fewest facts with which one check refuses no more: one kind of fact, or two of them.
fn one_check(
    compiled: &Compiled<'_>,
    rules: &[&Rules],
    viewer: &Viewer,
    check: Check,
) -> Option<ViewerFacts> {
    let passes = |facts: &ViewerFacts| {
        let layers = || compiled.layers_at(viewer.now);
        let viewer = facts.applied_to(viewer);
        viewer.is_ok_and(|viewer| !refusing(layers, &viewer).contains(&check))
    };
    let kinds = candidates::of_check(check, rules, viewer);
    if let Some(facts) = kinds.iter().flatten().find(|facts| passes(facts)) {
        return Some(facts.clone());
    }
    pairs(&kinds).find(|facts| passes(facts))
}

fn to_deny(compiled: &Compiled<'_>, rules: &[&Rules], viewer: &Viewer) -> Option<ViewerFacts> {
    let is_denied = |facts: &ViewerFacts| {
        let viewer = facts.applied_to(viewer);
        viewer.is_ok_and(|viewer| decide(compiled, &viewer).verdict() == Verdict::Deny)
    };
    let mut kinds: Vec<Vec<ViewerFacts>> = Check::ALL
        .into_iter()
        .flat_map(|check| candidates::of_check(check, rules, viewer))
        .collect();
    kinds.push(candidates::times(rules, viewer.now));
    if let Some(facts) = kinds.iter().flatten().find(|facts| is_denied(facts)) {
        return Some(facts.clone());
    }
    pairs(&kinds).find(|facts| is_denied(facts))
}

/// Facts of two kinds together.
fn pairs(kinds: &[Vec<ViewerFacts>]) -> impl Iterator<Item = ViewerFacts> {
    let kinds = kinds.iter().enumerate();
    kinds.clone().flat_map(move |(at, first)| {
        let later = kinds.clone().skip(at + 1);
        later.flat_map(move |(_, second)| {
            let second = second.iter().take(PAIRED);
            first
                .iter()
                .take(PAIRED)
                .flat_map(move |one| second.clone().map(|other| one.clone().over(other.clone())))
        })
    })
}
