//! The purger's cursor between processes: who may move it, who keeps it, who only reads it.

use std::time::Duration;

use tokio::{sync::watch, time::sleep};

use super::worker::Worker;
use crate::store::{PurgeCursor, PurgerLock, Store, StoreError};

/// How often another process's cursor is looked at while somebody may wait for it.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// How often a purger that stands by tries to take over.
const TRY_EVERY: Duration = Duration::from_millis(200);
/// How long to leave alone what failed.
const PAUSE: Duration = Duration::from_millis(500);

/// Waits until no other process purges for the service, and holds the lock then. Not, when told to
/// stop before.
pub(super) async fn stand_by(worker: &mut Worker, lock: &mut PurgerLock) -> bool {
    let first = lock.take().await;
    if matches!(first, Ok(true)) {
        return true;
    }
    let follower = follow(
        worker.store.clone(),
        worker.service.clone(),
        worker.progress.clone(),
    );
    let taken = async {
        match first {
            Err(error) => tracing::error!(%error, "the purger's lock cannot be taken"),
            Ok(_) => tracing::warn!("another purger is at work; this one stands by to take over"),
        }
        loop {
            sleep(TRY_EVERY).await;
            if matches!(lock.take().await, Ok(true)) {
                tracing::info!("the other purger is gone; this one goes on");
                return;
            }
        }
    };
    tokio::select! {
        () = taken => true,
        () = follower => false,
        _ = worker.finish_by.wait_for(Option::is_some) => false,
    }
}

/// Tells how far the purger has come that is another process.
pub(super) async fn follow(store: Store, service: String, progress: watch::Sender<PurgeCursor>) {
    let mut head = store.head();
    loop {
        match read(&store, &service).await {
            Ok(cursor) => {
                progress.send_replace(cursor);
                let is_behind = *head.borrow_and_update() > cursor.settled;
                if !is_behind && head.changed().await.is_err() {
                    return;
                }
                sleep(LOOK_EVERY).await;
            }
            Err(error) => {
                tracing::error!(%error, "the purger's cursor cannot be read");
                sleep(PAUSE).await;
            }
        }
    }
}

/// The cursor, as far as it is of this feed.
async fn read(store: &Store, service: &str) -> Result<PurgeCursor, StoreError> {
    // The cursor first: the feed only grows meanwhile.
    let cursor = store.purge_cursor(service).await?.unwrap_or_default();
    let head = store.feed_bounds().await?.head;
    Ok(match cursor.settled <= head {
        true => cursor,
        false => PurgeCursor::default(),
    })
}

/// Writes down how far the purger has come, beside its work: a database that is locked must not hold
/// it up. What could not be kept is purged once more after a restart.
pub(super) async fn keep(
    store: Store,
    service: String,
    mut progress: watch::Receiver<PurgeCursor>,
) {
    let mut is_last = false;
    // Before it says anything there is nothing to keep.
    if progress.changed().await.is_err() {
        return;
    }
    loop {
        let cursor = *progress.borrow_and_update();
        match store.put_purge_cursor(&service, cursor).await {
            Ok(()) if is_last => return,
            Ok(()) => is_last = progress.changed().await.is_err(),
            Err(error) => {
                tracing::error!(%error, "the purger's cursor cannot be kept; purging goes on");
                // At the end there is nobody left to wait for a database that fails.
                if is_last {
                    return;
                }
                sleep(PAUSE).await;
            }
        }
    }
}
