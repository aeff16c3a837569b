//! The catalog's database. It knows no HTTP and purges nothing.
//!
//! SQLite in a file today. The statements keep to what PostgreSQL understands too; what is SQLite's
//! alone is in this file (the options of a connection and how a write begins) and in `full_text.rs`
//! (the index of words).

mod accounts;
mod full_text;
mod playback;
mod playlists;
mod policy_keys;
mod rights;
mod row;
mod search;
mod statement;
mod stored;
mod token_keys;
mod videos;

use std::{path::Path, time::Duration};

use playback_policy::{AccountId, ReferenceId, VideoId};
use serde::Serialize;
use sqlx::{
    Sqlite, SqliteConnection, SqlitePool, Transaction,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};
use thiserror::Error;

use crate::model::{Record, RightId};

pub(crate) use playback::{Found, PlaybackRecord};
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
}

/// One write: everything in it happens, or nothing. Dropped uncommitted, it never happened.
///
/// It holds the write lock from its first moment, so what it reads stays true until it commits and
/// no other edit is lost between its reading and its writing.
pub(crate) struct Write(Transaction<'static, Sqlite>);

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
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
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
        Ok(Self { readers, writer })
    }

    /// Begins a write, after those before it.
    pub(crate) async fn write(&self) -> Result<Write, StoreError> {
        // A deferred transaction would take the lock at its first write only: two edits could then
        // read the same version and one be lost. In PostgreSQL: `select … for update`.
        Ok(Write(self.writer.begin_with("begin immediate").await?))
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

impl Write {
    /// Makes it true for everybody.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        Ok(self.0.commit().await?)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let is_locked =
            |code: &str| matches!(code.parse::<i32>(), Ok(code) if code & 0xff == SQLITE_BUSY);
        match &error {
            sqlx::Error::PoolTimedOut => Self::Busy(error),
            sqlx::Error::Database(refusal) if refusal.code().is_some_and(|c| is_locked(&c)) => {
                Self::Busy(error)
            }
            _ => Self::Database(error),
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

/// The videos' ids as the model has them.
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
