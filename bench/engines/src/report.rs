//! What came of it, as JSON.

use serde::Serialize;

#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) seed: u64,
    pub(crate) viewers: usize,
    pub(crate) rounds: u8,
    pub(crate) sets: Vec<Measured>,
}

/// One rule set.
#[derive(Serialize)]
pub(crate) struct Measured {
    /// So that one can be told from the other by name.
    pub(crate) what: String,
    pub(crate) networks: usize,
    /// How many of the viewers may play, as all engines say.
    pub(crate) allowed: usize,
    pub(crate) engines: Vec<Timed>,
}

/// One engine.
#[derive(Serialize)]
pub(crate) struct Timed {
    #[serde(rename = "what")]
    pub(crate) engine: &'static str,
    /// On how many viewers it was found to agree, before anything was timed.
    pub(crate) agreed: usize,
    /// About how many different viewers it was asked in a turn.
    pub(crate) asked: usize,
    /// Nanoseconds for a decision.
    pub(crate) ns: Figure,
    /// How many times what ours takes, round by round.
    pub(crate) of_ours: Figure,
}

/// The middle of what the rounds gave, and how far they lie apart.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct Figure {
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

impl Figure {
    /// Of one value at least.
    pub(crate) fn of(values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        Self {
            median: sorted[sorted.len() / 2],
            least: sorted[0],
            most: sorted[sorted.len() - 1],
        }
    }
}
