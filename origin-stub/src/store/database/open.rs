//! Opening a database, wherever it is.

use std::time::Duration;

use sqlx::migrate::MigrateError;
use thiserror::Error;

use super::{super::StoreError, Database, InvalidPlace, Place, PostgresPools, SqlitePools};

/// Statements wait for a connection at most so long.
pub(super) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// The database could not be opened.
#[derive(Debug, Error)]
pub(crate) enum OpenError {
    /// There is no such place.
    #[error(transparent)]
    Place(#[from] InvalidPlace),
    /// The file cannot be opened or made, or the server does not let us in.
    #[error("cannot open it: {0}")]
    Connect(#[source] sqlx::Error),
    /// Its tables could not be brought up to date.
    #[error("cannot bring its tables up to date: {0}")]
    Migrations(#[source] MigrateError),
    /// Its change feed cannot be read.
    #[error("cannot read its change feed: {0}")]
    Feed(#[source] StoreError),
}

impl Database {
    pub(in crate::store) async fn open(place: &Place) -> Result<Self, OpenError> {
        Ok(match place {
            Place::File(file) => Self::Sqlite(SqlitePools::open(file).await?),
            Place::Server(url) => {
                url.check()?;
                Self::Postgres(PostgresPools::open(url).await?)
            }
            Place::Unknown => return Err(InvalidPlace::Scheme.into()),
        })
    }
}
