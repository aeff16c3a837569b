//! The task that empties the backlog.

use std::time::Duration;

use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until, timeout_at},
};

use super::{Order, Purge, api::PurgeApi, backlog::Backlog};
use crate::metrics::{Metrics, PurgeOutcome};

/// The pause after the first failed call; it doubles from call to call.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause it grows to.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The longest while stopping, when there is no time to be patient in.
const LONGEST_PAUSE_AT_STOP: Duration = Duration::from_millis(500);

/// The purger's own task.
#[derive(Debug)]
pub(super) struct Worker {
    api: PurgeApi,
    inbox: mpsc::UnboundedReceiver<Order>,
    second_after: Duration,
    metrics: Metrics,
    backlog: Backlog,
    /// Failed calls since the last success.
    failures: u32,
    /// No call before this moment.
    resume_at: Instant,
    /// Set once told to stop.
    finish_by: Option<Instant>,
}

impl Worker {
    pub(super) fn new(
        api: PurgeApi,
        inbox: mpsc::UnboundedReceiver<Order>,
        second_after: Duration,
        metrics: Metrics,
    ) -> Self {
        Self {
            api,
            inbox,
            second_after,
            metrics,
            backlog: Backlog::default(),
            failures: 0,
            resume_at: Instant::now(),
            finish_by: None,
        }
    }

    /// Purges until told to stop; answers how many keys it left.
    pub(super) async fn run(mut self) -> usize {
        loop {
            self.take_orders().await;
            self.backlog.open_due(Instant::now());
            if let Some(finish_by) = self.finish_by
                && (self.backlog.unfinished_keys() == 0 || Instant::now() >= finish_by)
            {
                return self.report_unfinished();
            }
            if Instant::now() >= self.resume_at
                && let Some(batch) = self.backlog.next_batch()
            {
                self.call(&batch).await;
            }
            self.metrics.set_open_purges(self.backlog.open_keys());
        }
    }

    /// Waits until there is something to do, and takes in every order that is there.
    async fn take_orders(&mut self) {
        // A purger dropped without a word waits for nothing.
        let or_finish = |order: Option<Order>| order.or(Some(Order::FinishBy(Instant::now())));
        let mut next = match (self.finish_by, self.wake_at()) {
            // Told to stop: no further orders come.
            (Some(finish_by), wake_at) => {
                sleep_until(wake_at.unwrap_or(finish_by).min(finish_by)).await;
                None
            }
            (None, Some(at)) => timeout_at(at, self.inbox.recv())
                .await
                .map_or(None, or_finish),
            (None, None) => or_finish(self.inbox.recv().await),
        };
        while let Some(order) = next {
            match order {
                Order::Purge(purge, ticket) => self.backlog.add(purge, &ticket),
                Order::FinishBy(moment) => {
                    let keys = self.backlog.unfinished_keys();
                    if keys > 0 {
                        tracing::info!(keys, "waiting for purges to be confirmed and repeated");
                    }
                    self.finish_by = Some(moment);
                    self.resume_at = Instant::now();
                }
            }
            next = self.inbox.try_recv().ok();
        }
    }

    /// When to go on without an order: none while nothing is open or due.
    fn wake_at(&self) -> Option<Instant> {
        let open = (self.backlog.open_keys() > 0).then_some(self.resume_at);
        open.into_iter().chain(self.backlog.next_due()).min()
    }

    async fn call(&mut self, batch: &Purge) {
        let kind = batch.kind;
        let keys = batch.keys.len();
        let started = Instant::now();
        match self.api.purge(batch).await {
            Ok(()) => {
                self.failures = 0;
                self.metrics.count_purge(kind, PurgeOutcome::Done);
                // Counted from now: whatever was being fetched has started before now.
                self.backlog
                    .confirm(batch, Instant::now() + self.second_after);
                let took_ms = milliseconds(started.elapsed());
                tracing::info!(kind = kind.as_str(), keys, took_ms, "purged");
            }
            Err(error) => {
                self.metrics.count_purge(kind, PurgeOutcome::Failed);
                let pause = error.retry_after().unwrap_or_else(|| self.pause());
                self.failures = self.failures.saturating_add(1);
                self.resume_at = Instant::now() + pause;
                let (failures, pause_ms) = (self.failures, milliseconds(pause));
                tracing::warn!(
                    kind = kind.as_str(), keys, failures, pause_ms, %error,
                    "purge failed; viewers may get the old answer until it succeeds",
                );
            }
        }
    }

    fn pause(&self) -> Duration {
        let longest = if self.finish_by.is_some() {
            LONGEST_PAUSE_AT_STOP
        } else {
            LONGEST_PAUSE
        };
        FIRST_PAUSE
            .saturating_mul(2_u32.saturating_pow(self.failures))
            .min(longest)
    }

    fn report_unfinished(&self) -> usize {
        let unfinished = self.backlog.unfinished();
        if !unfinished.is_empty() {
            let keys: Vec<_> = unfinished.iter().map(|key| key.as_str()).collect();
            tracing::error!(
                keys = keys.join(" "),
                "stopped before these surrogate keys were purged twice; purge them by hand",
            );
        }
        unfinished.len()
    }
}

/// As logs and JSON can hold them.
fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
