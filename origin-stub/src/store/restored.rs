//! A database that is made again from a copy and the journal of what was written after it.

use std::{collections::BTreeSet, path::Path};

use playback_policy::VideoId;
use serde_json::{Map, Value};
use sqlx::{
    Connection as _, QueryBuilder, Sqlite, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use super::{
    OpenError, Place, Store, StoreError, Stored, database::Connection, full_text, row::Reader,
};
use crate::model::{IsoTime, Video};

/// Tables of the journal, and what a row is known by.
const KEYS: [(&str, &[&str]); 6] = [
    ("accounts", &["id"]),
    ("playback_rights", &["account_id", "id"]),
    ("videos", &["id"]),
    ("playlists", &["id"]),
    ("policy_keys", &["account_id", "key_id"]),
    ("token_keys", &["account_id", "id"]),
];

/// A copy while it is brought forward. Nobody else has it open, and whoever is interrupted begins
/// anew: it need not survive that.
pub(crate) struct Rebuilt {
    connection: SqliteConnection,
    /// Videos whose words are to be found anew.
    videos: BTreeSet<(String, String)>,
    /// Those of the transaction that is open.
    touched: BTreeSet<(String, String)>,
}

impl Rebuilt {
    /// Opens a copy.
    pub(crate) async fn open(file: &Path) -> Result<Self, StoreError> {
        // What is written again has kept every reference once; in between, order alone decides.
        let options = SqliteConnectOptions::new()
            .filename(file)
            .foreign_keys(false)
            .journal_mode(SqliteJournalMode::Memory)
            .synchronous(SqliteSynchronous::Off);
        let mut connection = SqliteConnection::connect_with(&options).await?;
        // What is done here is no news to any backup.
        sqlx::query("update journal_state set is_kept = false")
            .execute(&mut connection)
            .await?;
        Ok(Self {
            connection,
            videos: BTreeSet::new(),
            touched: BTreeSet::new(),
        })
    }

    /// Begins a transaction of the journal.
    pub(crate) async fn begin(&mut self) -> Result<(), StoreError> {
        self.run("begin").await
    }

    /// Ends it.
    pub(crate) async fn commit(&mut self) -> Result<(), StoreError> {
        self.videos.append(&mut self.touched);
        self.run("commit").await
    }

    /// Leaves it out.
    pub(crate) async fn roll_back(&mut self) -> Result<(), StoreError> {
        self.touched.clear();
        self.run("rollback").await
    }

    async fn run(&mut self, statement: &'static str) -> Result<(), StoreError> {
        sqlx::query(statement).execute(&mut self.connection).await?;
        Ok(())
    }

    /// Writes a row again, or deletes it again. Answers whether there is such a table.
    pub(crate) async fn apply(
        &mut self,
        table: &str,
        is_deleted: bool,
        row: &Map<String, Value>,
    ) -> Result<bool, StoreError> {
        let Some((table, key)) = KEYS.iter().find(|(name, _)| *name == table) else {
            return Ok(false);
        };
        if *table == "videos" {
            self.touch(is_deleted, row).await?;
        }
        let mut statement = match is_deleted {
            true => deletion(table, key, row),
            false => upsert(table, key, row),
        };
        statement.build().execute(&mut self.connection).await?;
        Ok(true)
    }

    async fn touch(
        &mut self,
        is_deleted: bool,
        row: &Map<String, Value>,
    ) -> Result<(), StoreError> {
        let text = |name| row.get(name).and_then(Value::as_str).unwrap_or_default();
        let id = text("id");
        match is_deleted {
            // Its number would be lost with it.
            true => {
                let read = Reader { what: "video", id };
                let id: VideoId = read.text(id)?;
                full_text::forget(&mut Connection::Sqlite(&mut self.connection), &id).await
            }
            false => {
                let (account, id) = (text("account_id").to_owned(), id.to_owned());
                self.touched.insert((account, id));
                Ok(())
            }
        }
    }

    /// Makes of it a database of its own, whose feed goes on after `feed_head`; those accounts are
    /// in the feed although they are not in the catalog. Answers how many of them there were.
    pub(crate) async fn settle(
        mut self,
        file: &Path,
        feed_head: i64,
        lost_accounts: &BTreeSet<String>,
    ) -> Result<usize, OpenError> {
        let lost = self.renew(feed_head, lost_accounts).await;
        let lost = lost.map_err(OpenError::Feed)?;
        let Self {
            connection, videos, ..
        } = self;
        let closed = connection.close().await;
        closed.map_err(OpenError::Connect)?;
        // From here on its tables are those of this program.
        let store = Store::open(&Place::from(file)).await?;
        let learned = learn(&store, &videos).await;
        learned.map_err(OpenError::Feed)?;
        let checked = check(&store).await;
        checked.map_err(OpenError::Feed)?;
        store.close().await;
        Ok(lost)
    }

    async fn renew(
        &mut self,
        feed_head: i64,
        accounts: &BTreeSet<String>,
    ) -> Result<usize, StoreError> {
        let connection = &mut self.connection;
        for statement in [
            "begin",
            "delete from journal",
            "delete from journal_commits",
            "delete from backups",
            "update journal_state set database_id = lower(hex(randomblob(16))), pruned_to =
                 coalesce((select seq from sqlite_sequence where name = 'journal'), 0)",
            "delete from changes",
            // A purger without a cursor purges every account.
            "delete from purge_cursors",
            "delete from sqlite_sequence where name = 'changes'",
        ] {
            sqlx::query(statement).execute(&mut *connection).await?;
        }
        sqlx::query("insert into sqlite_sequence (name, seq) values ('changes', $1)")
            .bind(feed_head)
            .execute(&mut *connection)
            .await?;
        let mut lost = 0;
        for account in accounts {
            let object = serde_json::json!({ "object": "account", "id": account }).to_string();
            let noted = sqlx::query(
                "insert into changes (account_id, object, kind, created_at)
                 select $1, $2, 'account', $3 where not exists
                     (select 1 from accounts where id = $1)",
            )
            .bind(account)
            .bind(object)
            .bind(IsoTime::now().to_string())
            .execute(&mut *connection)
            .await?;
            lost += usize::from(noted.rows_affected() > 0);
        }
        sqlx::query("update change_feed set pruned_to = $1")
            .bind(feed_head)
            .execute(&mut *connection)
            .await?;
        for statement in ["commit", "vacuum"] {
            sqlx::query(statement).execute(&mut *connection).await?;
        }
        Ok(lost)
    }
}

/// Finds the words of videos that are there.
async fn learn(store: &Store, videos: &BTreeSet<(String, String)>) -> Result<(), StoreError> {
    let mut write = store.write().await?;
    for (account, id) in videos {
        let read = Reader { what: "video", id };
        let (account, id) = (read.text(account)?, read.text(id)?);
        let connection = &mut write.connection();
        if let Some(video) = Video::select(connection, &account, &id).await? {
            full_text::learn(connection, &video).await?;
        }
    }
    write.commit().await?;
    Ok(())
}

/// Has the file read whole, before anybody relies on it.
async fn check(store: &Store) -> Result<(), StoreError> {
    let found: String = sqlx::query_scalar("pragma quick_check(1)")
        .fetch_one(&store.sqlite()?.readers)
        .await?;
    match found.as_str() {
        "ok" => Ok(()),
        _ => Err(StoreError::Unreadable {
            what: "database",
            id: "restored".to_owned(),
            reason: found,
        }),
    }
}

fn deletion(table: &str, key: &[&str], row: &Map<String, Value>) -> QueryBuilder<Sqlite> {
    let mut statement = QueryBuilder::new("delete from ");
    statement.push(table).push(" where ");
    for (at, column) in key.iter().enumerate() {
        statement.push(if at == 0 { "" } else { " and " });
        statement.push(column).push(" = ");
        push(&mut statement, row.get(*column).unwrap_or(&Value::Null));
    }
    statement
}

fn upsert(table: &str, key: &[&str], row: &Map<String, Value>) -> QueryBuilder<Sqlite> {
    let mut statement = QueryBuilder::new("insert into ");
    statement.push(table).push(" (");
    let columns: Vec<_> = row.keys().map(|column| quoted(column)).collect();
    statement.push(columns.join(", ")).push(") values (");
    for (at, value) in row.values().enumerate() {
        statement.push(if at == 0 { "" } else { ", " });
        push(&mut statement, value);
    }
    let others: Vec<_> = columns
        .iter()
        .map(|column| format!("{column} = excluded.{column}"))
        .collect();
    statement.push(") on conflict (").push(key.join(", "));
    statement.push(") do update set ").push(others.join(", "));
    statement
}

/// A name of a column, whatever it is made of.
fn quoted(column: &str) -> String {
    format!("\"{}\"", column.replace('"', "\"\""))
}

fn push(statement: &mut QueryBuilder<Sqlite>, value: &Value) {
    match value {
        Value::Null => statement.push("null"),
        Value::Bool(value) => statement.push_bind(*value),
        Value::Number(number) => match number.as_i64() {
            Some(number) => statement.push_bind(number),
            None => statement.push_bind(number.as_f64()),
        },
        Value::String(text) => statement.push_bind(text.clone()),
        // No column has such a value.
        Value::Array(_) | Value::Object(_) => statement.push_bind(value.to_string()),
    };
}
