//! The database, beside the origin that has it open.

use std::path::Path;

use sqlx::{
    AssertSqlSafe, Connection, PgConnection, SqliteConnection, migrate::Migrator,
    sqlite::SqliteConnectOptions,
};

use crate::server::{is_postgres, place};

/// The file an origin of this folder uses.
async fn open(folder: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new()
        .filename(folder.join("origin.db"))
        .create_if_missing(true);
    let opened = SqliteConnection::connect_with(&options).await;
    opened.expect("the database opens")
}

/// The database on the server that an origin of this folder uses.
async fn connect(folder: &Path) -> PgConnection {
    let url = place(&folder.join("origin.db"));
    let connected = PgConnection::connect(&url).await;
    connected.expect("the database opens")
}

/// Runs statements, for what no editor can write: times above all.
pub(crate) async fn execute(folder: &Path, sql: &str) {
    let sql = sqlx::raw_sql(AssertSqlSafe(sql));
    if is_postgres() {
        let mut database = connect(folder).await;
        sql.execute(&mut database)
            .await
            .expect("the statements run");
        return database.close().await.expect("the database closes");
    }
    let mut database = open(folder).await;
    sql.execute(&mut database)
        .await
        .expect("the statements run");
    database.close().await.expect("the database closes");
}

/// The write lock of a database, held.
pub(crate) enum Lock {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// Takes the write lock, as soon as nobody has it.
pub(crate) async fn lock(folder: &Path) -> Lock {
    if is_postgres() {
        let mut database = connect(folder).await;
        let taken = sqlx::query("select pg_advisory_lock($1)")
            .bind(i64::from_be_bytes(*b"playback"))
            .execute(&mut database)
            .await;
        taken.expect("the lock comes free");
        return Lock::Postgres(database);
    }
    let mut database = open(folder).await;
    let begun = sqlx::raw_sql("pragma busy_timeout = 5000; begin immediate")
        .execute(&mut database)
        .await;
    begun.expect("the lock comes free");
    Lock::Sqlite(database)
}

impl Lock {
    pub(crate) async fn release(self) {
        // What was begun is rolled back.
        let closed = match self {
            Self::Sqlite(database) => database.close().await,
            Self::Postgres(database) => database.close().await,
        };
        closed.expect("the database closes");
    }
}

/// A database as an earlier version made it, by so many migrations.
pub(crate) async fn of_version(folder: &Path, migrations: usize) {
    let all = sqlx::migrate!("./migrations");
    let earlier = all.iter().take(migrations).cloned().collect();
    let mut database = open(folder).await;
    let migrated = Migrator::with_migrations(earlier).run(&mut database).await;
    migrated.expect("the migrations run");
    database.close().await.expect("the database closes");
}
