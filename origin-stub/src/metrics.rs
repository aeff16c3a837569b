//! What the origin counts, as Prometheus reads it.

use std::{
    collections::HashSet,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use axum::http::StatusCode;
use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

use crate::purge::PurgeKind;

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
    accounts: Arc<Mutex<HashSet<String>>>,
}

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
        let accounts = Arc::default();
        Self {
            registry: Arc::new(registry),
            playback,
            purges,
            open_purges,
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

    /// Notes how many keys are open.
    pub(crate) fn set_open_purges(&self, keys: usize) {
        self.open_purges
            .set(i64::try_from(keys).unwrap_or(i64::MAX));
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
