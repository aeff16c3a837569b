use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::Arc,
    time::Duration,
};

use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use crate::harness::{Origin, program, run, stderr};

/// An origin and a folder of its backups.
pub(super) struct World {
    pub(super) origin: Origin,
    pub(super) backups: TempDir,
}

/// A database that was made from backups.
pub(super) struct Restored {
    pub(super) folder: Arc<TempDir>,
    pub(super) report: Value,
}

/// What is in a database, table by table, and the words that searches find.
pub(super) type Contents = BTreeMap<&'static str, Vec<String>>;

impl World {
    pub(super) fn start() -> Self {
        Self {
            origin: Origin::start(),
            backups: TempDir::new().expect("a folder"),
        }
    }

    /// An origin with an account, backed up.
    pub(super) async fn backed_up() -> Self {
        let world = Self::start();
        world.origin.account("1").await;
        world.back_up(&[]);
        world
    }

    pub(super) fn database(&self) -> PathBuf {
        self.origin.folder().path().join("origin.db")
    }

    /// The command that backs up.
    pub(super) fn backup(&self, flags: &[&str]) -> Command {
        let mut command = program("backup", &self.database());
        command
            .arg("--to")
            .arg(self.backups.path())
            .arg("--json")
            .args(flags);
        command
    }

    /// Backs up and answers the report.
    #[track_caller]
    pub(super) fn back_up(&self, flags: &[&str]) -> Value {
        report(&run(&mut self.backup(flags)))
    }

    #[track_caller]
    pub(super) fn restore(&self, until: &str) -> Restored {
        let folder = Arc::new(TempDir::new().expect("a folder"));
        let file = folder.path().join("origin.db");
        let output = run(&mut restore(self.backups.path(), until, &file));
        let report = report(&output);
        Restored { folder, report }
    }

    /// What a restore is refused with. It leaves no file.
    #[track_caller]
    pub(super) fn refused(&self, until: &str) -> String {
        let folder = TempDir::new().expect("a folder");
        let file = folder.path().join("origin.db");
        let output = run(&mut restore(self.backups.path(), until, &file));
        assert!(!output.status.success(), "{output:?}");
        assert!(names(folder.path()).is_empty(), "nothing is left");
        stderr(&output)
    }

    pub(super) async fn contents(&self) -> Contents {
        contents(&self.database()).await
    }

    /// The files of backups, in order.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let name = |name: &String| self.backups.path().join(name);
        let mut files = names(self.backups.path());
        files.retain(|name| name.ends_with(".backup"));
        files.iter().map(name).collect()
    }
}

impl Restored {
    pub(super) async fn contents(&self) -> Contents {
        contents(&self.folder.path().join("origin.db")).await
    }

    pub(super) fn serve(&self, arguments: &[&str]) -> Origin {
        Origin::start_in(Arc::clone(&self.folder), arguments)
    }
}

pub(super) fn restore(from: &Path, until: &str, to: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_origin-stub"));
    command.args(["restore", "--json", "--until", until]);
    command.arg("--from").arg(from).arg("--to").arg(to);
    command
}

#[track_caller]
pub(super) fn report(output: &Output) -> Value {
    assert!(output.status.success(), "{}", stderr(output));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// What a folder has, in order.
pub(super) fn names(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).expect("the folder can be read");
    let name = |file: Result<fs::DirEntry, _>| {
        let name = file.expect("a file").file_name();
        name.to_string_lossy().into_owned()
    };
    let mut names: Vec<_> = files.map(name).collect();
    names.sort();
    names
}

/// A moment between what was before and what comes: neither shares its millisecond.
pub(super) async fn moment() -> String {
    tokio::time::sleep(Duration::from_millis(3)).await;
    let output = run(Command::new("date").args(["-u", "+%Y-%m-%dT%H:%M:%S.%3NZ"]));
    tokio::time::sleep(Duration::from_millis(3)).await;
    let text = String::from_utf8(output.stdout).expect("text");
    text.trim().to_owned()
}

/// The tables that editors write, each in an order of its own; of keys, that of their registration.
const TABLES: [(&str, &str); 6] = [
    ("accounts", "id"),
    ("playback_rights", "account_id, id"),
    ("videos", "id"),
    ("playlists", "id"),
    ("policy_keys", "account_id, key_id"),
    ("token_keys", "account_id, created_at, rowid"),
];

/// Every word of the index: of which video, in which column, at which place.
const WORDS: &str = "select video_id || ' ' || col || ' ' || offset || ' ' || term from temp.words
                     left join video_numbers on number = doc order by 1";
const FIELD_WORDS: &str =
    "select video_id || ' ' || name || ' ' || offset || ' ' || term from temp.field_words
     left join custom_field_numbers on number = doc order by 1";

pub(super) async fn contents(file: &Path) -> Contents {
    let options = SqliteConnectOptions::new().filename(file);
    let mut database = SqliteConnection::connect_with(&options)
        .await
        .expect("the database opens");
    sqlx::raw_sql(
        "create virtual table temp.words using fts5vocab(main, video_words, instance);
         create virtual table temp.field_words using fts5vocab(main, custom_field_words, instance);
         begin;",
    )
    .execute(&mut database)
    .await
    .expect("the index can be read");
    let mut contents = Contents::new();
    for (table, order) in TABLES {
        let columns = format!("select name from pragma_table_info('{table}')");
        let columns = texts(&mut database, &columns).await;
        let row: Vec<_> = columns
            .iter()
            .map(|name| format!("'{name}', {name}"))
            .collect();
        let rows = format!(
            "select json_object({}) from {table} order by {order}",
            row.join(", ")
        );
        contents.insert(table, texts(&mut database, &rows).await);
    }
    contents.insert("words", texts(&mut database, WORDS).await);
    contents.insert("field words", texts(&mut database, FIELD_WORDS).await);
    database.close().await.expect("the database closes");
    contents
}

async fn texts(database: &mut SqliteConnection, sql: &str) -> Vec<String> {
    let texts: Vec<Option<String>> = sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_all(database)
        .await
        .expect("the statement runs");
    // A word of a video that is gone would have none.
    texts
        .into_iter()
        .map(|text| text.expect("of a video"))
        .collect()
}

/// A number that a database has.
pub(super) async fn count(file: &Path, sql: &str) -> i64 {
    let options = SqliteConnectOptions::new().filename(file);
    let mut database = SqliteConnection::connect_with(&options)
        .await
        .expect("the database opens");
    let count = sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_one(&mut database)
        .await
        .expect("the statement runs");
    database.close().await.expect("the database closes");
    count
}

#[track_caller]
pub(super) fn assert_same(what: &str, found: &Contents, want: &Contents) {
    for (table, rows) in want {
        assert_eq!(&found[table], rows, "{what}: {table}");
    }
}
