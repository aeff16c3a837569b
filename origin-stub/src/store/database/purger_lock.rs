//! One purger at a time.

use std::{
    fs::{File, OpenOptions, TryLockError},
    future::pending,
    io,
    path::PathBuf,
    time::Duration,
};

use sha2::{Digest as _, Sha256};
use sqlx::{Connection as _, PgConnection, postgres::PgConnectOptions};
use thiserror::Error;
use tokio::time::{sleep, timeout};

use super::{super::Store, Database, postgres::begin_session};

/// How often the holder of a server's lock makes sure that it still has its connection.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long a server may take to answer that.
const PATIENCE: Duration = Duration::from_secs(5);

/// The lock of a service's purger on a database: held or not. It comes free when the process ends,
/// however it ends.
pub(crate) enum PurgerLock {
    /// A file beside the database.
    File { path: PathBuf, held: Option<File> },
    /// An advisory lock of a connection of its own, and lost with it.
    Session {
        options: Box<PgConnectOptions>,
        key: i64,
        connection: Option<PgConnection>,
    },
}

/// Whether somebody has the lock cannot be told.
#[derive(Debug, Error)]
pub(crate) enum LockError {
    #[error(transparent)]
    File(#[from] io::Error),
    #[error(transparent)]
    Server(#[from] sqlx::Error),
    #[error("the server does not answer")]
    NoAnswer,
}

impl Store {
    /// The lock of a service's purger, not taken yet.
    pub(crate) fn purger_lock(&self, service: &str) -> PurgerLock {
        match &self.database {
            Database::Sqlite(pools) => {
                let options = pools.readers.connect_options();
                let mut path = options.get_filename().as_os_str().to_owned();
                path.push(format!(".purger-{service}.lock"));
                PurgerLock::File {
                    path: path.into(),
                    held: None,
                }
            }
            Database::Postgres(pools) => PurgerLock::Session {
                options: Box::new(pools.readers.connect_options().as_ref().clone()),
                key: key(service),
                connection: None,
            },
        }
    }
}

impl PurgerLock {
    /// Takes the lock, unless somebody has it. Answers whether it did.
    pub(crate) async fn take(&mut self) -> Result<bool, LockError> {
        match self {
            Self::File { path, held } => {
                let file = OpenOptions::new()
                    .create(true)
                    .truncate(false)
                    .write(true)
                    .open(path)?;
                match file.try_lock() {
                    Ok(()) => {
                        *held = Some(file);
                        Ok(true)
                    }
                    Err(TryLockError::WouldBlock) => Ok(false),
                    Err(TryLockError::Error(error)) => Err(error.into()),
                }
            }
            Self::Session {
                options,
                key,
                connection,
            } => {
                let mut known = match connection.take() {
                    Some(known) => known,
                    None => answered(connect(options)).await?,
                };
                let taken = sqlx::query_scalar("select pg_try_advisory_lock($1)")
                    .bind(*key)
                    .fetch_one(&mut known);
                let is_taken = answered(taken).await?;
                *connection = Some(known);
                Ok(is_taken)
            }
        }
    }

    /// Waits until the lock that was taken is lost.
    pub(crate) async fn lost(&mut self) {
        let Self::Session { connection, .. } = self else {
            // The system keeps a file locked as long as the process lives.
            return pending().await;
        };
        while let Some(known) = connection {
            sleep(LOOK_EVERY).await;
            if answered(known.ping()).await.is_err() {
                *connection = None;
            }
        }
    }
}

async fn connect(options: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    let mut connection = PgConnection::connect_with(options).await?;
    begin_session(&mut connection).await?;
    Ok(connection)
}

async fn answered<T>(call: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, LockError> {
    match timeout(PATIENCE, call).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(LockError::NoAnswer),
    }
}

/// The number of a service's lock, the same in every version of this program.
fn key(service: &str) -> i64 {
    let digest = Sha256::digest(format!("purger of {service}"));
    let first = digest.iter().take(8);
    first.fold(0, |key, byte| (key << 8) | i64::from(*byte))
}
