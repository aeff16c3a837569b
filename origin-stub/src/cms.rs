//! The CMS's edits, each from an editor's JSON to the change feed.
//!
//! An edit reads and writes inside one write of the store, so that of two at once both are applied,
//! one after the other; and the same write notes what it changed, so that no commit goes unpurged.

mod accounts;
mod policy_keys;
mod records;
mod token_keys;

use std::time::Duration;

use playback_policy::{AccountId, KeyId};
use thiserror::Error;
use tokio::{sync::RwLock, time::timeout};

use crate::{
    change::Seq,
    model::{InvalidField, Record},
    purge::{Purged, Purger},
    store::{Store, StoreError, Write},
};

pub(crate) use policy_keys::WhichKey;

/// How long an editor waits for the purge, so that what was edited shows in the next answer.
const PURGE_PATIENCE: Duration = Duration::from_secs(1);

/// The CMS: the catalog and the purger that follows its edits.
#[derive(Debug)]
pub(crate) struct Cms {
    pub(crate) store: Store,
    pub(crate) purger: Purger,
    /// Held shared by every edit under way, and alone by whoever stops.
    edits: RwLock<()>,
}

/// What an edit made of a record.
#[derive(Debug)]
pub(crate) struct Edited<T> {
    /// The record as it is now, or was before it was deleted.
    pub(crate) record: T,
    /// Whether it is new.
    pub(crate) is_new: bool,
    /// Its place in the change feed, if it changed anything.
    pub(crate) change: Option<Seq>,
    /// Whether the edge has been told.
    pub(crate) purged: Purged,
}

/// An edit that did not happen.
#[derive(Debug, Error)]
pub(crate) enum EditError {
    /// There is no such account.
    #[error("there is no account `{0}`")]
    NoAccount(AccountId),
    /// The account has no such record.
    #[error("there is no {kind} `{id}`")]
    NoRecord {
        /// What editors call it.
        kind: &'static str,
        id: String,
    },
    /// A policy key of other data has this id.
    #[error("there is a policy key `{0}` of other data")]
    KeyIdInUse(KeyId),
    /// A policy key of this id would open nothing.
    #[error("the policy key `{0}` is revoked")]
    KeyRevoked(KeyId),
    /// Every id that would be given is taken.
    #[error("no id is left for the policy key")]
    NoKeyIdLeft,
    /// A policy key cannot be revoked that has no id.
    #[error("the policy key has no `key-id`")]
    NoKeyId,
    /// The account has this key.
    #[error("the key is registered as `{0}`")]
    TokenKeyExists(String),
    /// The account has as many keys as it may.
    #[error("the account has {0} keys")]
    TooManyTokenKeys(usize),
    /// The document may not be so.
    #[error(transparent)]
    Invalid(#[from] InvalidField),
    /// The store refused it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl EditError {
    /// The account has no such record.
    pub(crate) fn no_record<R: Record>(id: &R::Id) -> Self {
        Self::NoRecord {
            kind: R::KIND,
            id: id.to_string(),
        }
    }
}

impl Cms {
    pub(crate) fn new(store: Store, purger: Purger) -> Self {
        Self {
            store,
            purger,
            edits: RwLock::new(()),
        }
    }

    /// Waits for open edits and then for their purges, up to `patience` for either; then closes the
    /// store.
    pub(crate) async fn stop(&self, patience: Duration) {
        // An edit outlives the request of an editor who hung up. None begins after this.
        let closed = timeout(patience, self.edits.write()).await;
        if closed.is_err() {
            tracing::warn!("edits were still open");
        }
        self.purger.stop(patience).await;
        self.store.close().await;
    }

    /// Commits, and waits a moment for the purge of what was changed.
    async fn finish<T>(
        &self,
        write: Write,
        record: T,
        is_new: bool,
    ) -> Result<Edited<T>, EditError> {
        let noted = write.commit().await?;
        let purged = match noted {
            Some(noted) if noted.is_seen => self.purger.purged(noted.seq, PURGE_PATIENCE).await,
            Some(_) | None => Purged::Nothing,
        };
        Ok(Edited {
            record,
            is_new,
            change: noted.map(|noted| noted.seq),
            purged,
        })
    }
}
