use std::time::Duration;

use super::super::check::Verdict;

/// What came of a round.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) backups: u64,
    pub(super) edits: u64,
    /// Edits that never were.
    pub(super) undone: u64,
    pub(super) edits_afterwards: u64,
    /// What the CMS shows and was not true at the moment.
    pub(super) not_as_then: Vec<String>,
    /// Until the accident.
    pub(super) before: Verdict,
    /// Every video at every POP, when the purge is confirmed and before anybody edits again.
    pub(super) at_rest: Verdict,
    pub(super) looks: u64,
    /// From then on.
    pub(super) after: Verdict,
    /// Answers between the two, and how many of them were of versions that were undone.
    pub(super) meanwhile: u64,
    pub(super) undone_seen: u64,
    pub(super) odd: Vec<String>,
    /// From the accident until the new database was there, origins served it, and the purge of
    /// everything was confirmed for the second time.
    pub(super) restored: Duration,
    pub(super) back: Duration,
    pub(super) confirmed: Duration,
}

// === impl Outcome ===

impl Outcome {
    pub(super) fn verdicts(&self) -> impl Iterator<Item = &Verdict> {
        [&self.before, &self.at_rest, &self.after].into_iter()
    }
}
