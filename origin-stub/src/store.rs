//! The catalog's database. It knows no HTTP and purges nothing. Every write notes in the
//! change feed what it changes: no other file could forget to.
//!
//! In SQLite or in PostgreSQL. The statements keep to what both understand; what differs is in
//! `database/` (how it is opened and locked, which errors mean what) and `full_text/` (the index of
//! words). `journal.rs` and `restored.rs` are SQLite's alone (backups).

mod accounts;
mod changes;
mod database;
mod full_text;
mod journal;
mod playback;
mod playlists;
mod policy_keys;
mod prune;
mod query;
mod renewed;
mod restored;
mod rights;
mod row;
mod search;
mod statement;
mod stored;
mod token_keys;
mod videos;

use playback_policy::{AccountId, ReferenceId, VideoId};
use serde::Serialize;
use thiserror::Error;
use tokio::sync::watch;

use crate::{
    change::Seq,
    model::{Record, RightId},
};

pub(crate) use changes::{FeedError, Noted, PurgeCursor};
pub(crate) use database::{OpenError, Place, PurgerLock};
pub(crate) use journal::{JournalRow, Known, Last, contents, schema};
pub(crate) use playback::{Found, PlaybackRecord};
pub(crate) use renewed::feed_head_after;
pub(crate) use restored::Rebuilt;
pub(crate) use stored::Stored;

use database::{Connection, Database, Open, Reader, SqlitePools};
use query::query;

/// The catalog. Clones share the connections.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    database: Database,
    /// The last change of the feed, as far as this process knows.
    head: watch::Sender<Seq>,
}

/// One write: everything in it happens, or nothing. Dropped uncommitted, it never happened.
///
/// It holds the write lock from its first moment, so what it reads stays true until it commits and
/// no other edit is lost between its reading and its writing.
pub(crate) struct Write {
    transaction: Open,
    /// What it has appended to the change feed.
    noted: Option<Noted>,
    store: Store,
}

/// A read or write that did not happen.
#[derive(Debug, Error)]
pub(crate) enum StoreError {
    /// Another record of its kind in the account has this reference id.
    #[error("reference id is in use by {kind} `{by}`")]
    ReferenceInUse {
        /// The kind of both.
        kind: &'static str,
        /// The record that has it.
        by: String,
    },
    /// There is a record with this id, perhaps of another account.
    #[error("{kind} id is in use")]
    Exists {
        /// The kind of both.
        kind: &'static str,
    },
    /// The account has no right with the id a video names.
    #[error("the account has no playback right `{0}`")]
    RightMissing(RightId),
    /// Videos still use the right.
    #[error("{videos} videos use the playback right")]
    RightInUse {
        /// How many.
        videos: usize,
    },
    /// Others hold the database for too long, or its server does not answer.
    #[error("the database is busy or out of reach: {0}")]
    Busy(#[source] sqlx::Error),
    /// There is no room to write.
    #[error("the database cannot grow")]
    Full(#[source] sqlx::Error),
    /// What is stored is not what this version wrote.
    #[error("stored {what} `{id}` cannot be read: {reason}")]
    Unreadable {
        /// The kind of record.
        what: &'static str,
        /// Which.
        id: String,
        /// Why not.
        reason: String,
    },
    /// SQLite alone has it.
    #[error("PostgreSQL has means of its own for this")]
    NotInPostgres,
    /// The database refused.
    #[error("database: {0}")]
    Database(#[source] sqlx::Error),
}

impl Store {
    /// Opens the database at a place and brings its tables up to date. A file is made if there is none.
    pub(crate) async fn open(place: &Place) -> Result<Self, OpenError> {
        let store = Self {
            database: Database::open(place).await?,
            head: watch::Sender::default(),
        };
        store.look_for_changes().await.map_err(OpenError::Feed)?;
        Ok(store)
    }

    /// Begins a write, after those before it.
    pub(crate) async fn write(&self) -> Result<Write, StoreError> {
        Ok(Write {
            transaction: self.database.begin_write().await?,
            noted: None,
            store: self.clone(),
        })
    }

    /// Answers when the database does.
    pub(crate) async fn ping(&self) -> Result<(), StoreError> {
        let mut reader = self.reader().await?;
        query("select 1").execute(&mut reader.connection()).await?;
        Ok(())
    }

    /// Waits for what is under way and closes the database.
    pub(crate) async fn close(&self) {
        self.database.close().await;
    }

    async fn reader(&self) -> Result<Reader, StoreError> {
        self.database.reader().await
    }

    /// The file's connections, for what is SQLite's alone.
    fn sqlite(&self) -> Result<&SqlitePools, StoreError> {
        match &self.database {
            Database::Sqlite(pools) => Ok(pools),
            Database::Postgres(_) => Err(StoreError::NotInPostgres),
        }
    }
}

impl Write {
    fn connection(&mut self) -> Connection<'_> {
        self.transaction.connection()
    }
}

/// The JSON a record's fields are stored as.
fn document<T: Serialize>(what: &'static str, id: &str, fields: &T) -> Result<String, StoreError> {
    serde_json::to_string(fields).map_err(|reason| StoreError::Unreadable {
        what,
        id: id.to_owned(),
        reason: reason.to_string(),
    })
}

/// Asks before the constraint does, to say by whom it is broken. The write lock makes the answer hold.
/// `statement` finds the account's other record (`$3` is this one's id) by the reference id.
async fn check_reference<R: Record>(
    connection: &mut Connection<'_>,
    statement: &'static str,
    account: &AccountId,
    reference: Option<&ReferenceId>,
    id: &R::Id,
) -> Result<(), StoreError> {
    let Some(reference) = reference else {
        return Ok(());
    };
    let by: Option<(String,)> = query(statement)
        .bind(account.as_str())
        .bind(reference.as_str())
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    let kind = R::KIND;
    by.map_or(Ok(()), |(by,)| Err(StoreError::ReferenceInUse { kind, by }))
}

/// The videos' ids as the model has them.
fn video_ids(stored: Vec<(String,)>) -> Result<Vec<VideoId>, StoreError> {
    let parse = |(id,): (String,)| {
        id.parse().map_err(|reason| StoreError::Unreadable {
            what: "video",
            reason: format!("{reason}"),
            id,
        })
    };
    stored.into_iter().map(parse).collect()
}
