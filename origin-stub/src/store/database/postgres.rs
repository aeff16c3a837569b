//! PostgreSQL at a URL.

use std::{str::FromStr as _, time::Duration};

use sqlx::{
    Connection as _, PgConnection, PgPool, Postgres, Transaction,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use super::{
    super::{StoreError, full_text::Tokens},
    open::{ACQUIRE_TIMEOUT, OpenError},
    place::Url,
};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// The advisory lock of whoever writes, the same for every process.
const WRITE_LOCK: i64 = i64::from_be_bytes(*b"playback");

/// How long a write waits for another process that is writing; and how soon the server takes the
/// locks of a process away that is gone without a word, or stuck in a transaction.
const SESSION: &str = "set lock_timeout = '5s'; set idle_in_transaction_session_timeout = '60s';
    set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3";

/// How long a connection that nobody used is taken to be there still.
const FRESH: Duration = Duration::from_millis(200);

/// The connections to a server.
#[derive(Clone)]
pub(in crate::store) struct Pools {
    pub(super) readers: PgPool,
    /// One connection: writes of this process queue here, not at the server.
    pub(super) writer: PgPool,
    pub(super) tokens: Tokens,
}

impl Pools {
    /// Opens the database at `url`, which must be there, and brings its tables up to date.
    pub(super) async fn open(url: &Url) -> Result<Self, OpenError> {
        let options = PgConnectOptions::from_str(url.expose())
            .map_err(OpenError::Connect)?
            .application_name("origin-stub");
        // By itself, so that what is wrong is told at once: a pool would go on trying. Processes that
        // start together take turns.
        let mut connection = PgConnection::connect_with(&options)
            .await
            .map_err(OpenError::Connect)?;
        MIGRATIONS
            .run(&mut connection)
            .await
            .map_err(OpenError::Migrations)?;
        connection.close().await.map_err(OpenError::Connect)?;
        let pool = |most| {
            PgPoolOptions::new()
                .max_connections(most)
                .acquire_timeout(ACQUIRE_TIMEOUT)
                // The way to a server is long: what worked a moment ago is not tried out.
                .test_before_acquire(false)
                .before_acquire(|connection, known| {
                    Box::pin(async move {
                        Ok(known.idle_for < FRESH || connection.ping().await.is_ok())
                    })
                })
                .after_connect(|connection, _| Box::pin(begin_session(connection)))
        };
        Ok(Self {
            readers: pool(8).connect_lazy_with(options.clone()),
            writer: pool(1).connect_lazy_with(options),
            tokens: Tokens::open().await.map_err(OpenError::Connect)?,
        })
    }

    pub(super) async fn begin_read(&self) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        begin(
            &self.readers,
            "begin isolation level repeatable read read only",
        )
        .await
    }

    /// Begins a transaction that nobody else writes beside, in any process: what it reads stays true,
    /// and the numbers it takes in the change feed become visible in their order. The server lets go
    /// of the lock after the commit is there for everybody.
    pub(super) async fn begin_write(&self) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        let mut transaction = begin(&self.writer, "begin").await?;
        // A statement of its own: the next one sees what was committed while this one waited.
        sqlx::query("select pg_advisory_xact_lock($1)")
            .bind(WRITE_LOCK)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction)
    }
}

/// Begins a transaction, whatever becomes of who asks for it: a request that ends meanwhile would
/// leave it open on a connection that the next one gets, which then sees nothing new any more.
async fn begin(
    pool: &PgPool,
    statement: &'static str,
) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin_with(statement).await });
    begun.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
}

/// What every connection of ours is told first.
pub(super) async fn begin_session(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(SESSION).execute(connection).await.map(drop)
}

/// What a refusal by PostgreSQL means.
///
/// # Source
///
/// PostgreSQL documentation, appendix A: error codes.
pub(super) fn refused(code: &str, error: sqlx::Error) -> StoreError {
    match code {
        // Lock not available; a deadlock; a conflict of transactions; too many connections.
        "55P03" | "40P01" | "40001" | "53300" => StoreError::Busy(error),
        // It stops, starts, or was stopped; it ended what took too long.
        "57P01" | "57P02" | "57P03" | "57P05" | "25P03" => StoreError::Busy(error),
        // The connection broke.
        _ if code.starts_with("08") => StoreError::Busy(error),
        // No space on its disk.
        "53100" => StoreError::Full(error),
        _ => StoreError::Database(error),
    }
}

impl std::fmt::Debug for Pools {
    /// Without the options, which have the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pools").finish_non_exhaustive()
    }
}
