//! What differs between SQLite and PostgreSQL when it is opened, lent and locked.

mod open;
mod place;
mod postgres;
mod purger_lock;
mod sqlite;

use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection, Transaction, pool::PoolConnection};

use super::{StoreError, full_text::Tokens};

pub(crate) use open::OpenError;
use place::InvalidPlace;
pub(crate) use place::Place;
pub(crate) use purger_lock::PurgerLock;
pub(super) use sqlite::{MIGRATIONS, Pools as SqlitePools};

use postgres::Pools as PostgresPools;

/// An open database.
#[derive(Clone, Debug)]
pub(super) enum Database {
    Sqlite(SqlitePools),
    Postgres(PostgresPools),
}

/// A connection, as long as it is lent.
pub(crate) enum Connection<'c> {
    Sqlite(&'c mut SqliteConnection),
    /// With what reads words: the index of PostgreSQL is given them read.
    Postgres(&'c mut PgConnection, &'c Tokens),
}

/// Whose name for a thing a statement has to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

/// A connection of a pool, to read with.
pub(super) enum Reader {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>, Tokens),
}

/// A transaction. Dropped before its commit, it never happened.
pub(super) enum Open {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>, Tokens),
}

impl Database {
    /// A connection to read with.
    pub(super) async fn reader(&self) -> Result<Reader, StoreError> {
        Ok(match self {
            Self::Sqlite(pools) => Reader::Sqlite(pools.readers.acquire().await?),
            Self::Postgres(pools) => {
                Reader::Postgres(pools.readers.acquire().await?, pools.tokens.clone())
            }
        })
    }

    /// A transaction whose reads are all of one moment.
    pub(super) async fn begin_read(&self) -> Result<Open, StoreError> {
        Ok(match self {
            Self::Sqlite(pools) => Open::Sqlite(pools.readers.begin().await?),
            Self::Postgres(pools) => {
                Open::Postgres(pools.begin_read().await?, pools.tokens.clone())
            }
        })
    }

    /// A transaction that holds the write lock.
    pub(super) async fn begin_write(&self) -> Result<Open, StoreError> {
        Ok(match self {
            Self::Sqlite(pools) => Open::Sqlite(pools.begin_write().await?),
            Self::Postgres(pools) => {
                Open::Postgres(pools.begin_write().await?, pools.tokens.clone())
            }
        })
    }

    /// The connection of this process's writes, for one that needs no lock.
    pub(super) async fn writer(&self) -> Result<Reader, StoreError> {
        Ok(match self {
            Self::Sqlite(pools) => Reader::Sqlite(pools.writer.acquire().await?),
            Self::Postgres(pools) => {
                Reader::Postgres(pools.writer.acquire().await?, pools.tokens.clone())
            }
        })
    }

    /// What to do when a commit was refused.
    pub(super) fn note_broken(&self) {
        match self {
            Self::Sqlite(pools) => pools.note_broken(),
            // The connection knows its state from the server.
            Self::Postgres(_) => {}
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        match self {
            Self::Sqlite(pools) => pools.readers.is_closed(),
            Self::Postgres(pools) => pools.readers.is_closed(),
        }
    }

    /// Waits for what is under way, and closes.
    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite(pools) => {
                pools.readers.close().await;
                pools.writer.close().await;
            }
            Self::Postgres(pools) => {
                pools.readers.close().await;
                pools.writer.close().await;
            }
        }
    }
}

impl Connection<'_> {
    pub(super) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(..) => Dialect::Postgres,
        }
    }
}

impl Reader {
    pub(super) fn connection(&mut self) -> Connection<'_> {
        match self {
            Self::Sqlite(connection) => Connection::Sqlite(connection),
            Self::Postgres(connection, tokens) => Connection::Postgres(connection, tokens),
        }
    }
}

impl Open {
    pub(super) fn connection(&mut self) -> Connection<'_> {
        match self {
            Self::Sqlite(transaction) => Connection::Sqlite(transaction),
            Self::Postgres(transaction, tokens) => Connection::Postgres(transaction, tokens),
        }
    }

    pub(super) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await,
            Self::Postgres(transaction, _) => transaction.commit().await,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut => Self::Busy(error),
            sqlx::Error::Database(refusal) => {
                let code = refusal.code().unwrap_or_default().into_owned();
                match refusal.try_downcast_ref::<sqlx::postgres::PgDatabaseError>() {
                    Some(_) => postgres::refused(&code, error),
                    None => sqlite::refused(&code, error),
                }
            }
            // A file has no such thing: the server is out of reach, or was.
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) => Self::Busy(error),
            _ => Self::Database(error),
        }
    }
}
