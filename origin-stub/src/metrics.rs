//! What the origin counts, as Prometheus reads it.

use std::{
    collections::HashSet,
    fmt,
    sync::{Arc, Mutex, PoisonError, atomic::AtomicU64},
    time::Duration,
};

use axum::http::StatusCode;
use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};

use crate::{change::Seq, purge::PurgeKind, store::PurgeCursor};

/// Accounts counted by name. Later ones are counted together: names come from requests, and a
/// label per name must not fill the memory.
const MAX_ACCOUNTS: usize = 10_000;

/// The counters. Clones count together.
#[derive(Clone, Debug)]
pub(crate) struct Metrics {
    registry: Arc<Registry>,
    playback: Family<PlaybackLabels, Counter>,
    purges: Family<PurgeLabels, Counter>,
    open_purges: Gauge,
    lag: Gauge,
    unsettled: Gauge,
    oldest: Gauge<f64, AtomicU64>,
    alarm: Gauge,
    durations: Histogram,
    accounts: Arc<Mutex<HashSet<String>>>,
}

/// The bounds of a histogram of purges, in seconds: a call that goes well, and an outage.
const DURATIONS: [f64; 12] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0, 600.0,
];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct PlaybackLabels {
    account: String,
    status: u32,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct PurgeLabels {
    kind: &'static str,
    outcome: &'static str,
}

/// How a call of the purge API went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PurgeOutcome {
    /// Every key of it was confirmed.
    Done,
    /// It will be tried again.
    Failed,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let playback = Family::<PlaybackLabels, Counter>::default();
        let purges = Family::<PurgeLabels, Counter>::default();
        let open_purges = Gauge::default();
        let mut registry = Registry::with_prefix("origin");
        registry.register(
            "playback_answers",
            "Playback answers by account and status; an account is empty when the proof is wrong",
            playback.clone(),
        );
        registry.register(
            "purge_calls",
            "Calls of the purge API by kind and outcome",
            purges.clone(),
        );
        registry.register(
            "purge_open_keys",
            "Surrogate keys the purge API has yet to confirm",
            open_purges.clone(),
        );
        let lag = Gauge::default();
        registry.register(
            "purge_lag_changes",
            "Changes that are not purged yet",
            lag.clone(),
        );
        let unsettled = Gauge::default();
        registry.register(
            "purge_unsettled_changes",
            "Changes that are not purged twice yet",
            unsettled.clone(),
        );
        let oldest = Gauge::default();
        registry.register_with_unit(
            "purge_oldest_change_age",
            "How long the oldest change that is not purged has been waiting",
            Unit::Seconds,
            oldest.clone(),
        );
        let alarm = Gauge::default();
        registry.register(
            "purge_alarm",
            "1 while the purge API takes no purges",
            alarm.clone(),
        );
        let durations = Histogram::new(DURATIONS);
        registry.register_with_unit(
            "purge_duration",
            "From the commit of a change to its confirmed purge",
            Unit::Seconds,
            durations.clone(),
        );
        let accounts = Arc::default();
        Self {
            registry: Arc::new(registry),
            playback,
            purges,
            open_purges,
            lag,
            unsettled,
            oldest,
            alarm,
            durations,
            accounts,
        }
    }

    /// Counts one playback answer. `account` is empty when none was read.
    pub(crate) fn count_playback(&self, account: &str, status: StatusCode) {
        let account = if self.is_counted_by_name(account) {
            account
        } else {
            "other"
        };
        let labels = PlaybackLabels {
            account: account.to_owned(),
            status: u32::from(status.as_u16()),
        };
        self.playback.get_or_create(&labels).inc();
    }

    /// Counts one call of the purge API.
    pub(crate) fn count_purge(&self, kind: PurgeKind, outcome: PurgeOutcome) {
        let outcome = match outcome {
            PurgeOutcome::Done => "done",
            PurgeOutcome::Failed => "failed",
        };
        self.purges
            .get_or_create(&PurgeLabels {
                kind: kind.as_str(),
                outcome,
            })
            .inc();
    }

    /// Notes how far the purger is behind the feed.
    pub(crate) fn set_purge_lag(&self, head: Seq, cursor: PurgeCursor) {
        self.lag.set(as_gauge(head.since(cursor.purged)));
        self.unsettled.set(as_gauge(head.since(cursor.settled)));
    }

    /// Notes what the purger has before it.
    pub(crate) fn set_purge_state(&self, open_keys: usize, oldest: Duration, alarm: bool) {
        self.open_purges.set(as_gauge(open_keys as u64));
        self.oldest.set(oldest.as_secs_f64());
        self.alarm.set(i64::from(alarm));
    }

    /// Notes how long a change waited for its purge.
    pub(crate) fn observe_purge(&self, took: Duration) {
        self.durations.observe(took.as_secs_f64());
    }

    /// The text Prometheus scrapes.
    pub(crate) fn to_text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        text::encode(&mut text, &self.registry)?;
        Ok(text)
    }

    fn is_counted_by_name(&self, account: &str) -> bool {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if accounts.len() >= MAX_ACCOUNTS {
            return accounts.contains(account);
        }
        accounts.insert(account.to_owned());
        true
    }
}

fn as_gauge(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
