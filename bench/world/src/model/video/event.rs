//! What happens to a video's entries, in order of time.

use std::cmp::Ordering;

use crate::model::purge::Purge;

#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    Arrival(usize),
    /// A POP's question reaches the shield.
    Asked {
        cell: usize,
        at: f64,
    },
    Filled {
        cell: usize,
        version: Option<usize>,
        ends: f64,
    },
    ShieldFilled {
        key: usize,
        version: Option<usize>,
    },
    Ends {
        cell: usize,
    },
    Purged(Purge),
}

pub(super) struct Event {
    pub(super) at: f64,
    /// First come, first served.
    pub(super) turn: u64,
    pub(super) what: What,
}

// === impl Event ===

impl Ord for Event {
    /// The heap gives the greatest first: that is the earliest.
    fn cmp(&self, other: &Self) -> Ordering {
        let earlier = other.at.total_cmp(&self.at);
        earlier.then_with(|| other.turn.cmp(&self.turn))
    }
}

impl PartialOrd for Event {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Event {}
