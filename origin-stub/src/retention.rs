//! How long the change feed keeps what it tells, and the journal what backups have not taken.

use std::time::Duration;

use tokio::time::sleep;

use crate::{
    model::IsoTime,
    store::{Store, StoreError},
};

/// How often there is a look for what is too old.
const EVERY: Duration = Duration::from_secs(60 * 60);
/// How many changes go at once: editors wait while they do.
const BATCH: u32 = 500;
/// What editors get between two batches.
const PAUSE: Duration = Duration::from_millis(20);

/// Deletes changes older than so many days, now and every hour; and the journal of a database that
/// nobody has backed up for as long.
pub(crate) async fn keep_changes(store: Store, days: u16) {
    let age = Duration::from_secs(u64::from(days) * 24 * 60 * 60);
    loop {
        match prune(&store, age).await {
            Ok(0) => {}
            Ok(changes) => tracing::info!(changes, days, "deleted changes older than these days"),
            Err(error) => {
                tracing::error!(%error, "old changes cannot be deleted; again in an hour");
            }
        }
        let seconds = i64::try_from(age.as_secs()).unwrap_or(i64::MAX);
        let forget_before = IsoTime::from_seconds(IsoTime::now().floor_seconds() - seconds);
        if let Err(error) = store.prune_journal(Some(forget_before)).await {
            tracing::error!(%error, "the journal cannot be pruned; again in an hour");
        }
        sleep(EVERY).await;
    }
}

async fn prune(store: &Store, age: Duration) -> Result<u64, StoreError> {
    let mut changes = 0;
    loop {
        let pruned = store.prune_changes(age, BATCH).await?;
        changes += u64::from(pruned);
        if pruned < BATCH {
            return Ok(changes);
        }
        sleep(PAUSE).await;
    }
}
