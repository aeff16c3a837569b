//! SQLite in a file.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sqlx::{
    Sqlite, SqlitePool, Transaction,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};

use super::{
    super::StoreError,
    open::{ACQUIRE_TIMEOUT, OpenError},
};

/// How long a write waits for another process that is writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

pub(in crate::store) static MIGRATIONS: Migrator = sqlx::migrate!();

/// The connections to a file.
#[derive(Clone, Debug)]
pub(in crate::store) struct Pools {
    /// Any number of readers see the last commit while one writes.
    pub(in crate::store) readers: SqlitePool,
    /// One connection: writes of this process queue in order instead of polling for the lock.
    pub(in crate::store) writer: SqlitePool,
    /// After a commit that the disk refused, the connection takes itself to be in a transaction for
    /// ever, and is replaced.
    is_broken: Arc<AtomicBool>,
}

impl Pools {
    /// Opens the database in `file`, makes it if there is none, and brings its tables up to date.
    pub(super) async fn open(file: &Path) -> Result<Self, OpenError> {
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
            .map_err(OpenError::Connect)?;
        MIGRATIONS
            .run(&writer)
            .await
            .map_err(OpenError::Migrations)?;
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_with(options)
            .await
            .map_err(OpenError::Connect)?;
        Ok(Self {
            readers,
            writer,
            is_broken,
        })
    }

    pub(super) async fn begin_write(&self) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
        // A deferred transaction would take the lock at its first write only: two edits could then
        // read the same version and one be lost.
        self.writer.begin_with("begin immediate").await
    }

    pub(super) fn note_broken(&self) {
        self.is_broken.store(true, Ordering::Relaxed);
    }
}

/// What a refusal by SQLite means.
pub(super) fn refused(code: &str, error: sqlx::Error) -> StoreError {
    match code.parse::<i32>() {
        Ok(code) if code & 0xff == BUSY => StoreError::Busy(error),
        Ok(FULL | IOERR_WRITE) => StoreError::Full(error),
        Ok(_) | Err(_) => StoreError::Database(error),
    }
}

/// The primary result code for a lock that did not come free; its upper bits say why.
const BUSY: i32 = 5;
/// The result code for a file system without space.
const FULL: i32 = 13;
/// The result code for a write that the system refuses, as it does beyond a quota.
const IOERR_WRITE: i32 = 778;
