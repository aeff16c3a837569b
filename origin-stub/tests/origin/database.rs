//! The database file, beside the origin that has it open.

use std::path::Path;

use sqlx::{
    AssertSqlSafe, Connection, SqliteConnection, migrate::Migrator, sqlite::SqliteConnectOptions,
};

/// The file an origin of this folder uses.
async fn open(folder: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new()
        .filename(folder.join("origin.db"))
        .create_if_missing(true);
    let opened = SqliteConnection::connect_with(&options).await;
    opened.expect("the database opens")
}

/// Runs statements, for what no editor can write: times above all.
pub(crate) async fn execute(folder: &Path, sql: &str) {
    let mut database = open(folder).await;
    let run = sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&mut database)
        .await;
    run.expect("the statements run");
    database.close().await.expect("the database closes");
}

/// The write lock of a database, held.
pub(crate) struct Lock(SqliteConnection);

/// Takes the write lock, as soon as nobody has it.
pub(crate) async fn lock(folder: &Path) -> Lock {
    let mut database = open(folder).await;
    let begun = sqlx::raw_sql("pragma busy_timeout = 5000; begin immediate")
        .execute(&mut database)
        .await;
    begun.expect("the lock comes free");
    Lock(database)
}

impl Lock {
    pub(crate) async fn release(self) {
        // What was begun is rolled back.
        self.0.close().await.expect("the database closes");
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
