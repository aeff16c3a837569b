//! The purger's loop: read the feed, purge, purge again, and only then move the cursor.

use std::time::Duration;

use tokio::{
    sync::watch,
    time::{Instant, sleep, sleep_until},
};

use super::{
    Begin, Purge, PurgeKind, Tiers,
    api::{PurgeApi, PurgeError},
    backlog::Backlog,
    circuit::Circuit,
    lag::Lag,
};
use crate::{
    change::{Committed, Seq, stale},
    metrics::{Metrics, PurgeOutcome},
    store::{FeedError, PurgeCursor, Store, StoreError},
};

/// How many changes are read at a time.
const PAGE: u32 = 1_000;
/// With so many keys at hand, or so many changes, the rest waits in the feed.
const ENOUGH: usize = 20_000;
/// With nothing to do the loop comes round all the same.
const IDLE: Duration = Duration::from_secs(60);
/// How long to leave the database alone when it fails.
const DATABASE_PAUSE: Duration = Duration::from_millis(500);

/// The purger of one service.
pub(super) struct Worker {
    pub(super) api: PurgeApi,
    pub(super) store: Store,
    pub(super) service: String,
    pub(super) second_after: Duration,
    pub(super) tiers: Tiers,
    pub(super) metrics: Metrics,
    /// Who waits for purges listens here.
    pub(super) progress: watch::Sender<PurgeCursor>,
    /// When to be done, once told to stop.
    pub(super) finish_by: watch::Receiver<Option<Instant>>,
    pub(super) begin: Begin,
    /// The feed's end when the purger was started, long before it may be its turn.
    pub(super) start: Seq,
}

/// What the loop knows.
struct State {
    backlog: Backlog,
    lag: Lag,
    circuit: Circuit,
    /// Where the cursor begins to mean something: not before everything is purged that it did not
    /// fit. A purger that is killed before that must find the old one.
    tells_from: Seq,
    /// No call before this moment.
    resume_at: Instant,
    /// Whether all that is in the feed was taken in.
    is_read_up: bool,
}

impl Worker {
    /// Purges until told to stop; answers how many keys it left. Those it knows of again when it
    /// is started.
    pub(super) async fn run(&mut self) -> usize {
        let Some(mut state) = self.begin_state().await else {
            return 0;
        };
        let mut head = self.store.head();
        let mut finish_by = None;
        loop {
            // Before the reading: what is announced meanwhile wakes the loop again.
            head.mark_unchanged();
            self.read(&mut state).await;
            let now = Instant::now();
            state.backlog.open_due(now);
            self.tell(&mut state);
            let told = *self.finish_by.borrow_and_update();
            if told != finish_by {
                finish_by = told;
                state.circuit.stop();
                // No time for the pauses of before.
                state.resume_at = now;
            }
            let unfinished = state.backlog.unfinished_keys();
            let is_done = unfinished == 0 && state.is_read_up;
            if finish_by.is_some_and(|finish_by| is_done || now >= finish_by) {
                return unfinished;
            }
            let batch = match now >= state.resume_at {
                true => state.backlog.next_batch(now),
                false => None,
            };
            match batch {
                Some(batch) => {
                    self.call(&mut state, &batch).await;
                    // At once: editors are waiting.
                    self.tell(&mut state);
                }
                None if !state.is_read_up && state.has_room() => {}
                None => {
                    tokio::select! {
                        _ = head.changed() => {}
                        _ = self.finish_by.changed() => {}
                        () = sleep_until(state.wake_at(now, finish_by)) => {}
                    }
                }
            }
        }
    }

    /// Finds where to begin. Nothing, when told to stop before the database answers.
    async fn begin_state(&self) -> Option<State> {
        loop {
            match self.first_backlog().await {
                Ok((backlog, tells_from)) => {
                    return Some(State {
                        backlog,
                        tells_from,
                        lag: Lag::default(),
                        circuit: Circuit::default(),
                        resume_at: Instant::now(),
                        is_read_up: false,
                    });
                }
                Err(error) => tracing::error!(%error, "the purger cannot read its cursor"),
            }
            if self.finish_by.borrow().is_some() {
                return None;
            }
            sleep(DATABASE_PAUSE).await;
        }
    }

    /// What is open before anything is read: nothing, or everything when the cursor fits no more.
    /// And from where on there is a cursor to tell of.
    async fn first_backlog(&self) -> Result<(Backlog, Seq), StoreError> {
        let bounds = self.store.feed_bounds().await?;
        let cursor = self.store.purge_cursor(&self.service).await?;
        if self.begin == Begin::AtHead {
            let start = self.start.max(bounds.pruned_to);
            tracing::warn!(seq = %start, "what was changed before is not purged, as asked");
            return Ok((Backlog::after(start, self.tiers), start));
        }
        let settled = cursor.unwrap_or_default().settled;
        if (bounds.pruned_to..=bounds.head).contains(&settled) {
            return Ok((Backlog::after(settled, self.tiers), settled));
        }
        tracing::error!(
            cursor = %settled, pruned_to = %bounds.pruned_to, head = %bounds.head,
            "the purger's cursor is not of this feed: purging every account",
        );
        let keys = self.store.account_ids().await?;
        let keys = keys.iter().map(playback_policy::SurrogateKey::account);
        let everything = Purge {
            kind: PurgeKind::Hard,
            keys: keys.collect(),
        };
        let mut backlog = Backlog::after(Seq::default(), self.tiers);
        // As of the feed's end: what is changed from now on is read as ever.
        backlog.add(bounds.head, Some(everything));
        Ok((backlog, bounds.head))
    }

    /// Takes in what was changed, as much as is sensible at once.
    async fn read(&self, state: &mut State) {
        state.is_read_up = false;
        if !state.has_room() {
            return;
        }
        match self.store.changes(state.backlog.taken(), PAGE).await {
            Ok((changes, bounds)) => {
                for Committed { seq, at, change } in changes {
                    state.backlog.add(seq, stale(&change));
                    state.lag.begin(seq, at);
                }
                state.is_read_up = state.backlog.taken() >= bounds.head;
                self.metrics
                    .set_purge_lag(bounds.head, state.backlog.cursor());
            }
            Err(FeedError::Store(error)) => {
                tracing::error!(%error, "the purger cannot read the change feed; it tries again");
                sleep(DATABASE_PAUSE).await;
            }
            // Pruned under a purger that was cut off for so long, or a database that was replaced.
            Err(error @ (FeedError::Expired(_) | FeedError::Ahead(_))) => {
                tracing::error!(%error, "the purger begins anew");
                match self.first_backlog().await {
                    Ok((backlog, tells_from)) => {
                        state.backlog = backlog;
                        state.tells_from = tells_from;
                        state.lag = Lag::default();
                    }
                    Err(_) => sleep(DATABASE_PAUSE).await,
                }
            }
        }
    }

    async fn call(&self, state: &mut State, batch: &Purge) {
        let (kind, keys) = (batch.kind, batch.keys.len());
        let started = Instant::now();
        let outcome = self.api.purge(batch).await;
        // Counted from now: whatever was being fetched has started before now.
        let due = Instant::now() + self.second_after;
        let counted = match &outcome {
            Ok(()) => PurgeOutcome::Done,
            Err(_) => PurgeOutcome::Failed,
        };
        self.metrics.count_purge(kind, counted);
        match outcome {
            Ok(()) => {
                state.circuit.succeed();
                state.backlog.confirm(batch, due);
                let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
                tracing::info!(kind = kind.as_str(), keys, took_ms, "purged");
            }
            Err(PurgeError::Unconfirmed { confirmed }) if !confirmed.is_empty() => {
                tracing::warn!(
                    keys,
                    confirmed = confirmed.len(),
                    "not every key is confirmed"
                );
                let confirmed = Purge {
                    kind,
                    keys: confirmed,
                };
                state.backlog.confirm(&confirmed, due);
            }
            Err(error @ (PurgeError::Unconfirmed { .. } | PurgeError::Refused(_))) => {
                tracing::warn!(kind = kind.as_str(), keys, %error, "looking for the key at fault");
                if let Some(pause) = state.backlog.refuse(batch, Instant::now()) {
                    let key = batch.keys.first().map(ToString::to_string);
                    tracing::error!(
                        alarm = true, key, ?pause, %error,
                        "the purge API refuses a key; viewers may get what was true before",
                    );
                }
            }
            Err(error) => {
                let pause = state.circuit.fail(&error, state.backlog.open_keys());
                state.resume_at = Instant::now() + pause;
            }
        }
    }

    /// Tells who waits, and shows the figures.
    fn tell(&self, state: &mut State) {
        let cursor = state.backlog.cursor();
        self.progress.send_if_modified(|known| {
            let is_news = *known != cursor && cursor.settled >= state.tells_from;
            if is_news {
                *known = cursor;
            }
            is_news
        });
        for took in state.lag.end(cursor.purged) {
            self.metrics.observe_purge(took);
        }
        self.metrics.set_purge_state(
            state.backlog.open_keys(),
            state.lag.oldest(),
            state.circuit.is_open(),
        );
    }
}

impl State {
    /// Whether more of the feed should be taken in: an outage must not fill the memory.
    fn has_room(&self) -> bool {
        self.backlog.unfinished_keys() < ENOUGH && self.lag.len() < ENOUGH
    }

    /// When to go on without being told of a change.
    fn wake_at(&self, now: Instant, finish_by: Option<Instant>) -> Instant {
        let resume = (self.backlog.open_keys() > 0).then_some(self.resume_at);
        [resume, finish_by, self.backlog.next_due()]
            .into_iter()
            .flatten()
            .fold(now + IDLE, Instant::min)
    }
}
