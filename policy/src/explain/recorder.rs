//! What the walk finds, written down.

use std::ops::ControlFlow;

use super::{Checked, Outcome};
use crate::{
    check::Check,
    compiled::{HeldLayer, Layer},
    decide::{Found, walk},
    decision::Decision,
    rules::{Member, Rules, Verdict},
    viewer::Viewer,
};

/// All that a walk found, and what it decides.
pub(super) struct Record<'v> {
    pub(super) decision: Decision<'v>,
    pub(super) checks: Vec<Checked>,
}

impl<'v> Record<'v> {
    /// Walks over all layers and stops nowhere. `held` are the same layers as rules.
    pub(super) fn of<'l, 'a: 'l, L>(
        held: &[HeldLayer],
        enforced: bool,
        viewer: &'v Viewer,
        layers: impl Fn() -> L,
    ) -> Self
    where
        L: Iterator<Item = &'l Layer<'a>>,
    {
        let is_walked = |held: &&HeldLayer| held.enforced == enforced && held.applies;
        let walked: Vec<&Rules> = held
            .iter()
            .filter(is_walked)
            .map(|held| &held.rules)
            .collect();
        let mut rules = walked.iter().cycle();
        let mut record = Self {
            decision: Decision::Allow,
            checks: Vec::new(),
        };
        let _: ControlFlow<()> = walk(layers, viewer, |check, layer, found| {
            let has_rules = rules.next().is_some_and(|rules| has_rules(rules, check));
            let denial = found.and_then(|found| found.denial(layer));
            if let (Decision::Allow, Some(denial)) = (record.decision, denial) {
                record.decision = Decision::Deny(denial);
            }
            record.checks.push(Checked {
                check,
                layer,
                enforced,
                outcome: outcome(found, has_rules),
                member: found.map(|found| found.member),
                seen: found.map(|found| found.seen.to_string()),
            });
            ControlFlow::Continue(())
        });
        record
    }
}

fn outcome(found: Option<Found<'_>>, has_rules: bool) -> Outcome {
    match found.map(|found| found.verdict) {
        Some(Verdict::Deny) => Outcome::Refuses,
        Some(Verdict::Allow) => Outcome::Allows,
        None if has_rules => Outcome::Passes,
        None => Outcome::NoRules,
    }
}

fn has_rules(rules: &Rules, check: Check) -> bool {
    Member::ALL
        .into_iter()
        .any(|member| Check::of(member) == Some(check) && rules.has(member))
}

/// The checks that refuse the viewer, each once, in their order.
pub(super) fn refusing<'l, 'a: 'l, L>(layers: impl Fn() -> L, viewer: &Viewer) -> Vec<Check>
where
    L: Iterator<Item = &'l Layer<'a>>,
{
    let mut refusing = Vec::new();
    let _: ControlFlow<()> = walk(layers, viewer, |check, _, found| {
        let is_refused = found.is_some_and(|found| found.verdict == Verdict::Deny);
        if is_refused && refusing.last() != Some(&check) {
            refusing.push(check);
        }
        ControlFlow::Continue(())
    });
    refusing
}
