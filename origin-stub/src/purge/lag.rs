//! How long changes wait for their purge.

use std::{collections::VecDeque, time::Duration};

use crate::{change::Seq, model::IsoTime};

/// The changes that are not purged yet, in order.
#[derive(Debug, Default)]
pub(super) struct Lag {
    waiting: VecDeque<(Seq, IsoTime)>,
}

impl Lag {
    pub(super) fn begin(&mut self, seq: Seq, at: IsoTime) {
        self.waiting.push_back((seq, at));
    }

    /// Every change up to `purged` is purged now: how long each of them took.
    pub(super) fn end(&mut self, purged: Seq) -> impl Iterator<Item = Duration> {
        let now = IsoTime::now();
        std::iter::from_fn(move || {
            let (_, at) = self.waiting.pop_front_if(|(seq, _)| *seq <= purged)?;
            Some(now.since(at))
        })
    }

    /// How long the oldest has been waiting.
    pub(super) fn oldest(&self) -> Duration {
        let oldest = self.waiting.front();
        oldest.map_or(Duration::ZERO, |(_, at)| IsoTime::now().since(*at))
    }

    /// How many changes are waiting.
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }
}
