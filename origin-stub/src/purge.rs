//! The purger: what the CMS changed, told to the CDN.
//!
//! It reads the change feed from a durable cursor, tries each purge until the purge API has
//! confirmed it, and then purges a second time: an answer that was fetched before the edit may reach
//! the cache after the first purge, at most the edge's fill deadline later. Only then does the cursor
//! move, so that a purger that was killed begins again where something is open: at least once, and
//! never lost.

mod api;
mod backlog;
mod backoff;
mod circuit;
mod command;
mod cursor;
mod dry_run;
mod lag;
mod worker;

use std::{collections::BTreeSet, time::Duration};

use playback_policy::SurrogateKey;
use reqwest::Url;
use tokio::{
    sync::{Mutex, watch},
    task::JoinHandle,
    time::{Instant, timeout},
};

use crate::{
    change::Seq,
    metrics::Metrics,
    secret::Secret,
    store::{PurgeCursor, Store},
};

use api::PurgeApi;
use worker::Worker;

pub(crate) use api::InvalidPurgeApi;
pub(crate) use command::run;

/// The most surrogate keys one call may name.
///
/// # Source
///
/// Fastly, purging API: a batch names at most 256 surrogate keys.
const MAX_KEYS_A_CALL: usize = 256;

/// What a clock and a network add to the fill deadline before the second purge is surely late enough.
const SECOND_PURGE_MARGIN: Duration = Duration::from_millis(500);

/// Surrogate keys whose answers are to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Purge {
    pub(crate) kind: PurgeKind,
    pub(crate) keys: BTreeSet<SurrogateKey>,
}

impl Purge {
    /// The keys as a call names them.
    fn key_texts(&self) -> Vec<&str> {
        self.keys.iter().map(SurrogateKey::as_str).collect()
    }
}

/// How thoroughly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum PurgeKind {
    /// The answer may still be served while it is fetched anew.
    Soft,
    /// The answer is gone.
    Hard,
}

/// Through how many tiers of caches an answer goes on its way to a viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tiers {
    /// The POP's alone.
    One,
    /// The shield's, and then the POP's.
    Two,
}

impl Tiers {
    /// How many times a purge is repeated, each a fill deadline later. After the second the first tier
    /// is right for good; the next one may have been filled from it until then.
    fn again(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
        }
    }
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
    pub(crate) tiers: Tiers,
}

/// Who purges what this process changes.
#[derive(Clone, Debug)]
pub(crate) enum PurgePlan {
    /// Nobody.
    Off,
    /// This process.
    Here(PurgeTarget),
    /// Another one on the same database, for this service.
    Apart { service: String, tiers: Tiers },
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

/// The purger's handle.
#[derive(Debug)]
pub(crate) struct Purger {
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    service: String,
    tiers: Tiers,
    progress: watch::Receiver<PurgeCursor>,
    finish_by: watch::Sender<Option<Instant>>,
    /// Taken by whoever stops it.
    task: Mutex<Option<JoinHandle<usize>>>,
}

/// How a purger begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Begin {
    /// Where the cursor is.
    AtCursor,
    /// At the feed's end: what is older was seen to in another way.
    AtHead,
}

impl Purger {
    /// Starts what the plan says, on the current runtime.
    ///
    /// # Errors
    ///
    /// When the target cannot be addressed.
    pub(crate) fn start(
        plan: PurgePlan,
        store: &Store,
        metrics: Metrics,
        begin: Begin,
    ) -> Result<Self, InvalidPurgeApi> {
        let (progress, progress_of) = watch::channel(PurgeCursor::default());
        let (finish_by, finish_by_of) = watch::channel(None);
        let (service, tiers, task) = match plan {
            PurgePlan::Off => return Ok(Self { running: None }),
            PurgePlan::Apart { service, tiers } => {
                let follower = cursor::follow(store.clone(), service.clone(), progress);
                (
                    service,
                    tiers,
                    tokio::spawn(stopped(follower, finish_by_of)),
                )
            }
            PurgePlan::Here(target) => {
                let (service, tiers) = (target.service.clone(), target.tiers);
                let second_after = target.fill_deadline + SECOND_PURGE_MARGIN;
                let worker = Worker {
                    api: PurgeApi::new(target)?,
                    store: store.clone(),
                    service: service.clone(),
                    second_after,
                    tiers,
                    metrics,
                    progress,
                    finish_by: finish_by_of,
                    begin,
                    start: *store.head().borrow(),
                };
                (service, tiers, tokio::spawn(take_turns(worker)))
            }
        };
        Ok(Self {
            running: Some(Running {
                service,
                tiers,
                progress: progress_of,
                finish_by,
                task: Mutex::new(Some(task)),
            }),
        })
    }

    /// The service it purges for, if any.
    pub(crate) fn service(&self) -> Option<&str> {
        self.running
            .as_ref()
            .map(|running| running.service.as_str())
    }

    /// How far it has come, as far as this process knows: the kept cursor may be a moment behind, or,
    /// when another process purges, ahead.
    pub(crate) fn progress(&self) -> PurgeCursor {
        let of = |running: &Running| *running.progress.borrow();
        self.running.as_ref().map(of).unwrap_or_default()
    }

    /// Whether what a shield keeps is purged, too.
    pub(crate) fn reaches_shield(&self) -> bool {
        self.running
            .as_ref()
            .is_some_and(|running| running.tiers == Tiers::Two)
    }

    /// Waits up to `patience` until every change up to `seq` is purged.
    pub(crate) async fn purged(&self, seq: Seq, patience: Duration) -> Purged {
        let Some(running) = &self.running else {
            return Purged::Off;
        };
        let mut progress = running.progress.clone();
        let is_purged = progress.wait_for(|cursor| cursor.purged >= seq);
        match timeout(patience, is_purged).await {
            Ok(Ok(_)) => Purged::Done,
            Ok(Err(_)) | Err(_) => Purged::Pending,
        }
    }

    /// Waits up to `patience` for the open purges and their second rounds. What is left is purged
    /// after the next start.
    pub(crate) async fn stop(&self, patience: Duration) {
        let Some(running) = &self.running else { return };
        let Some(task) = running.task.lock().await.take() else {
            return;
        };
        let finish_by = Instant::now() + patience;
        running.finish_by.send_replace(Some(finish_by));
        let left = task.await.unwrap_or_default();
        if left > 0 {
            tracing::warn!(keys = left, "stopped before these were purged twice");
        }
    }
}

/// Purges as soon as no other purger does, and as long.
async fn take_turns(mut worker: Worker) -> usize {
    let mut lock = worker.store.purger_lock(&worker.service);
    let (left, keeper) = loop {
        if !cursor::stand_by(&mut worker, &mut lock).await {
            return 0;
        }
        let keeper = tokio::spawn(cursor::keep(
            worker.store.clone(),
            worker.service.clone(),
            worker.progress.subscribe(),
        ));
        tokio::select! {
            left = worker.run() => break (left, keeper),
            () = lock.lost() => {
                tracing::error!("the purger's lock is lost; it is taken again, or another purger has it");
                // Whoever has it keeps the cursor. What is purged twice does no harm.
                keeper.abort();
                worker.begin = Begin::AtCursor;
            }
        }
    };
    // With the worker's end of the progress gone, the keeper keeps what it last said, and ends.
    drop(worker);
    if keeper.await.is_err() {
        tracing::error!("the purger's cursor was not kept; what is purged will be purged again");
    }
    left
}

/// Runs until told to stop.
async fn stopped(
    task: impl Future<Output = ()>,
    mut by: watch::Receiver<Option<Instant>>,
) -> usize {
    tokio::select! {
        () = task => {}
        _ = by.wait_for(Option::is_some) => {}
    }
    0
}

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
