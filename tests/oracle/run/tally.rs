//! What a run has counted.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

use crate::case::MEMBERS;
use crate::verdict::Verdict;

/// Members that only say when the others hold.
const NEVER_REFUSE: [&str; 2] = ["applies-from", "applies-until"];

/// In fewer pairs a rare member may be missing by chance.
const ENOUGH_TO_SAY: u64 = 10_000;

#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) pairs: u64,
    pub(crate) disagreements: u64,
    /// Not compared, since a viewer is on the very border of a circle.
    unclear: u64,
    allowed: u64,
    refused_by: BTreeMap<String, u64>,
}

impl Tally {
    pub(crate) fn count(&mut self, verdict: Option<&Verdict>, is_disagreement: bool) {
        let Some(verdict) = verdict else {
            self.unclear += 1;
            return;
        };
        self.pairs += 1;
        self.disagreements += u64::from(is_disagreement);
        self.allowed += u64::from(verdict.check.is_none());
        for member in verdict
            .answers
            .iter()
            .filter_map(|answer| answer.member.clone())
        {
            *self.refused_by.entry(member).or_default() += 1;
        }
    }

    /// How it stands, on one line.
    pub(crate) fn line(&self, elapsed: Duration) -> String {
        let by_member = self
            .refused_by
            .iter()
            .map(|(member, count)| format!("{member} {count}"));
        format!(
            "{} pairs, {:.0}/s, {} disagreements, {} allowed, {} unclear; refused by {}",
            self.pairs,
            self.pairs as f64 / elapsed.as_secs_f64(),
            self.disagreements,
            self.allowed,
            self.unclear,
            by_member.collect::<Vec<_>>().join(", ")
        )
    }

    /// The same for programs.
    pub(crate) fn summary(&self, seed: u64, elapsed: Duration) -> Value {
        json!({
            "seed": seed,
            "pairs": self.pairs,
            "seconds": elapsed.as_secs_f64(),
            "disagreements": self.disagreements,
            "unclear": self.unclear,
            "allowed": self.allowed,
            "refused_by": self.refused_by,
        })
    }

    /// A run in which hardly anybody is refused, or some member never refuses, shows little.
    pub(crate) fn assert_not_dull(&self) {
        if self.pairs < ENOUGH_TO_SAY {
            return;
        }
        let allowed = self.allowed as f64 / self.pairs as f64;
        assert!((0.3..0.7).contains(&allowed), "{allowed} are allowed");
        let enough = self.pairs / 1000;
        for (member, _) in MEMBERS {
            let count = self.refused_by.get(member).copied().unwrap_or_default();
            assert!(
                count >= enough || NEVER_REFUSE.contains(&member),
                "`{member}` refused {count} times of {}",
                self.pairs
            );
        }
    }
}
