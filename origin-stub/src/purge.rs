//! Purges: telling the CDN which of its answers are no longer true.
//!
//! The purger is handed surrogate keys and knows nothing of videos. It remembers each key until the
//! purge API has confirmed it, tries again as long as it takes, and then purges the key a second
//! time: an answer that was fetched before the edit may reach the cache after the first purge, at
//! most the edge's fill deadline later.
//!
//! It remembers in memory: what a crash loses, nobody purges. An orderly stop waits for what is
//! open, for a bounded time, and says what it left.

mod api;
mod backlog;
mod worker;

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use playback_policy::SurrogateKey;
use reqwest::Url;
use tokio::{
    sync::{Mutex, mpsc},
    task::JoinHandle,
    time::Instant,
};

use crate::{metrics::Metrics, secret::Secret};

use api::PurgeApi;
use backlog::Ticket;
use worker::Worker;

pub(crate) use api::InvalidPurgeApi;

/// The most surrogate keys one call may name.
///
/// # Source
///
/// Fastly, purging API: a batch names at most 256 surrogate keys.
pub(crate) const MAX_KEYS_A_CALL: usize = 256;

/// Surrogate keys whose answers are to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Purge {
    pub(crate) kind: PurgeKind,
    pub(crate) keys: BTreeSet<SurrogateKey>,
}

/// How thoroughly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum PurgeKind {
    /// The answer may still be served while it is fetched anew.
    Soft,
    /// The answer is gone.
    Hard,
}

/// Where and as whom to purge.
#[derive(Clone, Debug)]
pub(crate) struct PurgeTarget {
    /// The API's base, such as `https://api.fastly.com`.
    pub(crate) base: Url,
    /// The service whose cache it is.
    pub(crate) service: String,
    /// The API's token.
    pub(crate) token: Secret,
    /// How long after a purge an answer fetched before it may still reach the cache.
    pub(crate) fill_deadline: Duration,
}

/// What became of a purge by the time the editor is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purged {
    /// The API confirmed every key.
    Done,
    /// It has not yet; the purger goes on trying.
    Pending,
    /// Nothing changed that an answer shows.
    Nothing,
    /// Purging is off.
    Off,
}

/// Hands purges to the worker. Without a target it drops them.
#[derive(Debug)]
pub(crate) struct Purger {
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    orders: mpsc::UnboundedSender<Order>,
    /// Taken by whoever stops it.
    worker: Mutex<Option<JoinHandle<usize>>>,
}

/// What the worker is told.
#[derive(Debug)]
enum Order {
    Purge(Purge, Arc<Ticket>),
    /// Finish what is open, but not beyond this moment.
    FinishBy(Instant),
}

impl Purger {
    /// A purger that drops what it is handed.
    pub(crate) fn off() -> Self {
        Self { running: None }
    }

    /// Starts the worker on the current runtime.
    ///
    /// # Errors
    ///
    /// When the target cannot be addressed.
    pub(crate) fn start(target: PurgeTarget, metrics: Metrics) -> Result<Self, InvalidPurgeApi> {
        let (orders, inbox) = mpsc::unbounded_channel();
        let second_after = target.fill_deadline + SECOND_PURGE_MARGIN;
        let api = PurgeApi::new(target)?;
        let worker = Worker::new(api, inbox, second_after, metrics);
        let worker = Mutex::new(Some(tokio::spawn(worker.run())));
        Ok(Self {
            running: Some(Running { orders, worker }),
        })
    }

    /// Purges, and waits up to `patience` for the API to confirm it. The purge goes on after that.
    pub(crate) async fn purge(&self, purge: Option<Purge>, patience: Duration) -> Purged {
        let Some(purge) = purge else {
            return Purged::Nothing;
        };
        let Some(running) = &self.running else {
            return Purged::Off;
        };
        let (ticket, confirmed) = Ticket::new();
        if running
            .orders
            .send(Order::Purge(purge, Arc::new(ticket)))
            .is_err()
        {
            tracing::error!("the purger has stopped; purge the service as a whole");
            return Purged::Pending;
        }
        match tokio::time::timeout(patience, confirmed.wait()).await {
            Ok(()) => Purged::Done,
            Err(_) => Purged::Pending,
        }
    }

    /// Waits up to `patience` for the open purges and their second rounds.
    ///
    /// Answers how many keys are left unpurged.
    pub(crate) async fn stop(&self, patience: Duration) -> usize {
        let Some(running) = &self.running else {
            return 0;
        };
        let Some(worker) = running.worker.lock().await.take() else {
            return 0;
        };
        // A worker that is gone has nothing to be told.
        running
            .orders
            .send(Order::FinishBy(Instant::now() + patience))
            .ok();
        worker.await.unwrap_or_default()
    }
}

/// What a clock and a network add to the fill deadline before the second purge is surely late enough.
const SECOND_PURGE_MARGIN: Duration = Duration::from_millis(500);

impl PurgeKind {
    /// The kind's name in logs and metrics.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Soft => "soft",
            Self::Hard => "hard",
        }
    }
}

impl Purged {
    /// The outcome's name in the answer to the editor.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Pending => "pending",
            Self::Nothing => "nothing",
            Self::Off => "off",
        }
    }
}
