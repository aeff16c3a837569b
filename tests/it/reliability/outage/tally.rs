//! Figures of one fault.

use std::time::Duration;

use serde_json::{Value, json};

use super::load::{Answer, Kind};
use crate::reliability::record::Moment;

/// How many answers of each kind, and for how long anything was unusual afterwards.
pub(super) struct Tally {
    answers: usize,
    hits: usize,
    stale: usize,
    fills: usize,
    next_origin: usize,
    bad_gateway: usize,
    timeout: usize,
    server_error: usize,
    odd: usize,
    lost: usize,
    longest: Duration,
    recovery: Duration,
}

// === impl Tally ===

impl Tally {
    /// Of the requests that ended in the fault or afterwards.
    pub(super) fn of(all: &[Answer], (from, to): (Moment, Moment)) -> Self {
        let answers: Vec<_> = all.iter().filter(|answer| answer.ended >= from).collect();
        let count = |is_it: fn(&Kind) -> bool| {
            let those = answers.iter().filter(|answer| is_it(&answer.kind));
            those.count()
        };
        let is_unusual = |answer: &&&Answer| answer.is_failure() || answer.kind == Kind::NextOrigin;
        let last = answers.iter().filter(is_unusual).map(|answer| answer.ended);
        let took = answers.iter().map(|answer| answer.ended - answer.started);
        Self {
            answers: answers.len(),
            hits: count(|kind| *kind == Kind::Hit),
            stale: count(|kind| *kind == Kind::Stale),
            fills: count(|kind| *kind == Kind::Fill),
            next_origin: count(|kind| *kind == Kind::NextOrigin),
            bad_gateway: count(|kind| *kind == Kind::BadGateway),
            timeout: count(|kind| *kind == Kind::Timeout),
            server_error: count(|kind| *kind == Kind::ServerError),
            odd: count(|kind| matches!(kind, Kind::Odd(_))),
            lost: count(|kind| matches!(kind, Kind::Lost(_))),
            longest: took.max().unwrap_or_default(),
            recovery: last.max().unwrap_or_default().saturating_sub(to),
        }
    }

    pub(super) fn figures(&self, wrong: u64) -> Value {
        json!({
            "answers": self.answers,
            "hit": self.hits,
            "stale": self.stale,
            "fill": self.fills,
            "next": self.next_origin,
            "e502": self.bad_gateway,
            "e504": self.timeout,
            "e500": self.server_error,
            "odd": self.odd,
            "failed": self.bad_gateway + self.timeout + self.server_error + self.odd + self.lost,
            "lost": self.lost,
            "wrong": wrong,
            "longest_ms": self.longest.as_millis() as u64,
            "recovery_ms": self.recovery.as_millis() as u64,
        })
    }
}
