//! The catalog's database. It knows no HTTP and purges nothing. Every write notes in the
//! change feed what it changes: no other file could forget to.
//!
//! SQLite in a file today. The statements keep to what PostgreSQL understands too; what is SQLite's
//! alone is in this file (the options of a connection and how a write begins), in `full_text.rs` (the
//! index of words), and in `journal.rs` and `restored.rs` (backups).

mod accounts;
mod changes;
mod full_text;
mod journal;
mod playback;
mod playlists;
mod policy_keys;
mod prune;
mod restored;
mod rights;
mod row;
mod search;
mod statement;
mod stored;
mod token_keys;
mod videos;

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use playback_policy::{AccountId, ReferenceId, VideoId};
use serde::Serialize;
use sqlx::{
    Sqlite, SqliteConnection, SqlitePool, Transaction,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};
use thiserror::Error;
use tokio::sync::watch;

use crate::{
    change::Seq,
    model::{Record, RightId},
};

pub(crate) use changes::{FeedError, Noted, PurgeCursor};
pub(crate) use journal::{JournalRow, Known, Last, contents, schema};
pub(crate) use playback::{Found, PlaybackRecord};
pub(crate) use restored::Rebuilt;
pub(crate) use stored::Stored;

/// How long a write waits for another process that is writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Statements wait for a connection at most so long.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

static MIGRATIONS: Migrator = sqlx::migrate!();

/// The catalog. Clones share the connections.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    /// Any number of readers see the last commit while one writes.
    readers: SqlitePool,
    /// One connection: writes of this process queue in order instead of polling for the lock.
    writer: SqlitePool,
    /// After a commit that the disk refused, the connection takes itself to be in a transaction for
    /// ever, and is replaced.
    is_broken: Arc<AtomicBool>,
    /// The last change of the feed, as far as this process knows.
    head: watch::Sender<Seq>,
}

/// One write: everything in it happens, or nothing. Dropped uncommitted, it never happened.
///
/// It holds the write lock from its first moment, so what it reads stays true until it commits and
/// no other edit is lost between its reading and its writing.
pub(crate) struct Write {
    transaction: Transaction<'static, Sqlite>,
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
    /// Others hold the database for too long.
    #[error("the database is busy")]
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
    /// The database refused.
    #[error("database: {0}")]
    Database(#[source] sqlx::Error),
}

/// The database could not be opened.
#[derive(Debug, Error)]
pub(crate) enum OpenError {
    /// The file cannot be opened or made.
    #[error("cannot open it: {0}")]
    File(#[source] sqlx::Error),
    /// Its tables could not be brought up to date.
    #[error("cannot bring its tables up to date: {0}")]
    Migrations(#[source] MigrateError),
    /// Its change feed cannot be read.
    #[error("cannot read its change feed: {0}")]
    Feed(#[source] StoreError),
}

impl Store {
    /// Opens the database in `file`, makes it if there is none, and brings its tables up to date.
    pub(crate) async fn open(file: &Path) -> Result<Self, OpenError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .busy_timeout(BUSY_TIMEOUT);
        let is_broken = Arc::new(AtomicBool::new(false));
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .before_acquire({
                let is_broken = Arc::clone(&is_broken);
                move |_, _| {
                    let is_broken = is_broken.swap(false, Ordering::Relaxed);
                    Box::pin(async move { Ok(!is_broken) })
                }
            })
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_with(options.clone())
            .await
            .map_err(OpenError::File)?;
        MIGRATIONS
            .run(&writer)
            .await
            .map_err(OpenError::Migrations)?;
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_with(options)
            .await
            .map_err(OpenError::File)?;
        let head = watch::Sender::default();
        let store = Self {
            readers,
            writer,
            is_broken,
            head,
        };
        store.look_for_changes().await.map_err(OpenError::Feed)?;
        Ok(store)
    }

    /// Begins a write, after those before it.
    pub(crate) async fn write(&self) -> Result<Write, StoreError> {
        // A deferred transaction would take the lock at its first write only: two edits could then
        // read the same version and one be lost. In PostgreSQL: `select … for update`.
        Ok(Write {
            transaction: self.writer.begin_with("begin immediate").await?,
            noted: None,
            store: self.clone(),
        })
    }

    /// Answers when the database does.
    pub(crate) async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("select 1").execute(&self.readers).await?;
        Ok(())
    }

    /// Waits for what is under way and closes the file.
    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let code = match &error {
            sqlx::Error::PoolTimedOut => return Self::Busy(error),
            sqlx::Error::Database(refusal) => refusal.code().and_then(|code| code.parse().ok()),
            _ => None,
        };
        match code {
            Some(code) if code & 0xff == SQLITE_BUSY => Self::Busy(error),
            Some(SQLITE_FULL | SQLITE_IOERR_WRITE) => Self::Full(error),
            Some(_) | None => Self::Database(error),
        }
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
    connection: &mut SqliteConnection,
    statement: &'static str,
    account: &AccountId,
    reference: Option<&ReferenceId>,
    id: &R::Id,
) -> Result<(), StoreError> {
    let Some(reference) = reference else {
        return Ok(());
    };
    let by: Option<String> = sqlx::query_scalar(statement)
        .bind(account.as_str())
        .bind(reference.as_str())
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    let kind = R::KIND;
    by.map_or(Ok(()), |by| Err(StoreError::ReferenceInUse { kind, by }))
}

/// The videos' ids as the model has them.
fn video_ids(stored: &[String]) -> Result<Vec<VideoId>, StoreError> {
    let parse = |id: &String| {
        id.parse().map_err(|reason| StoreError::Unreadable {
            what: "video",
            id: id.clone(),
            reason: format!("{reason}"),
        })
    };
    stored.iter().map(parse).collect()
}

/// SQLite's primary result code for a lock that did not come free; its upper bits say why.
const SQLITE_BUSY: i32 = 5;
/// SQLite's result code for a file system without space.
const SQLITE_FULL: i32 = 13;
/// SQLite's result code for a write that the system refuses, as it does beyond a quota.
const SQLITE_IOERR_WRITE: i32 = 778;
