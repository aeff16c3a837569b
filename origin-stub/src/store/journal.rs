//! The journal of what was written, as backups take it. The triggers that keep it are in the
//! migrations; a commit marks what belongs together.

use std::path::Path;

use futures_util::{Stream, TryStreamExt as _};
use sqlx::{Connection as _, FromRow, SqliteConnection, sqlite::SqliteConnectOptions};

use super::{
    Store, StoreError, Write,
    database::{Connection, MIGRATIONS, Open},
};
use crate::{change::Seq, model::IsoTime};

/// How many rows are deleted at once: editors wait while they are.
const BATCH: i64 = 2_000;

/// What a database knows of the backups to a folder, as of a moment when nobody wrote.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    /// That moment: every transaction of before is committed, every other one is later.
    pub(crate) at: IsoTime,
    /// The last row of the journal.
    pub(crate) head: i64,
    /// The last backup, if the journal is whole since.
    pub(crate) last: Option<Last>,
    /// The last change of the feed.
    pub(crate) feed_head: i64,
}

/// A backup that was finished.
#[derive(Clone, Debug, FromRow)]
pub(crate) struct Last {
    pub(crate) taken_to: i64,
    pub(crate) checksum: String,
}

/// A row of the journal.
#[derive(Debug, FromRow)]
pub(crate) struct JournalRow {
    pub(crate) record: String,
    pub(crate) is_deleted: bool,
    /// JSON.
    pub(crate) row: String,
    /// When it was committed with what precedes it, if it is the last of its transaction.
    pub(crate) committed_at: Option<String>,
}

/// What is in a copy of a database.
#[derive(Clone, Debug)]
pub(crate) struct Contents {
    /// The last row of the journal that is part of it.
    pub(crate) journal_head: i64,
    /// When its last transaction committed, as far as the journal tells.
    pub(crate) last_commit: Option<String>,
    pub(crate) feed_head: i64,
    pub(crate) accounts: Vec<String>,
}

/// The version of the tables that this program makes.
pub(crate) fn schema() -> i64 {
    MIGRATIONS.iter().map(|one| one.version).max().unwrap_or(0)
}

impl Write {
    /// Marks the end of this transaction in the journal, if it has rows there.
    pub(super) async fn end_in_journal(&mut self) -> Result<(), StoreError> {
        // PostgreSQL has a log of its own for this.
        let Connection::Sqlite(connection) = self.connection() else {
            return Ok(());
        };
        sqlx::query(
            "insert into journal_commits (number, at)
             select max(number), $1 from journal
             having max(number) > (select coalesce(max(number), 0) from journal_commits)",
        )
        .bind(IsoTime::now().to_string())
        .execute(connection)
        .await?;
        Ok(())
    }

    fn sqlite(&mut self) -> Result<&mut SqliteConnection, StoreError> {
        match &mut self.transaction {
            Open::Sqlite(transaction) => Ok(transaction),
            Open::Postgres(..) => Err(StoreError::NotInPostgres),
        }
    }
}

impl Store {
    /// What tells this database from every other.
    pub(crate) async fn database_id(&self) -> Result<String, StoreError> {
        let statement = "select database_id from journal_state";
        Ok(sqlx::query_scalar(statement)
            .fetch_one(&self.sqlite()?.readers)
            .await?)
    }

    /// Sees to it that the journal is kept from here on for a folder, and says what is known of it.
    pub(crate) async fn begin_backup(&self, folder: &str) -> Result<Known, StoreError> {
        let mut write = self.write().await?;
        // What was written past this program is a transaction by now, too.
        write.end_in_journal().await?;
        let connection = write.sqlite()?;
        let at = IsoTime::now();
        let (is_kept, pruned_to): (bool, i64) =
            sqlx::query_as("select is_kept, pruned_to from journal_state")
                .fetch_one(&mut *connection)
                .await?;
        let head = journal_head(&mut *connection).await?;
        if !is_kept {
            sqlx::query("update journal_state set is_kept = true, pruned_to = $1")
                .bind(head)
                .execute(&mut *connection)
                .await?;
        }
        let last: Option<Last> =
            sqlx::query_as("select taken_to, checksum from backups where folder = $1")
                .bind(folder)
                .fetch_optional(&mut *connection)
                .await?;
        // Noted before it is made, so that nobody takes the journal away meanwhile.
        sqlx::query(
            "insert into backups (folder, taken_to, checksum, at) values ($1, $2, '', $3)
             on conflict (folder) do update set at = excluded.at",
        )
        .bind(folder)
        .bind(head)
        .bind(at.to_string())
        .execute(&mut *connection)
        .await?;
        let feed_head = feed_head(&mut *connection).await?;
        write.commit().await?;
        Ok(Known {
            at,
            head,
            last: last.filter(|last| is_kept && last.taken_to >= pruned_to),
            feed_head,
        })
    }

    /// Notes that a folder has everything up to a row of the journal.
    pub(crate) async fn end_backup(&self, folder: &str, last: &Last) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query("update backups set taken_to = $1, checksum = $2, at = $3 where folder = $4")
            .bind(last.taken_to)
            .bind(&last.checksum)
            .bind(IsoTime::now().to_string())
            .bind(folder)
            .execute(write.sqlite()?)
            .await?;
        write.commit().await?;
        Ok(())
    }

    /// The journal's rows after one and up to another.
    pub(crate) fn journal(
        &self,
        from: i64,
        to: i64,
    ) -> Result<impl Stream<Item = Result<JournalRow, StoreError>> + '_, StoreError> {
        let rows = sqlx::query_as(
            "select journal.record, journal.is_deleted, journal.row, commits.at as committed_at
             from journal left join journal_commits as commits using (number)
             where number > $1 and number <= $2 order by number",
        )
        .bind(from)
        .bind(to)
        .fetch(&self.sqlite()?.readers)
        .map_err(StoreError::from);
        Ok(rows)
    }

    /// Writes a copy of the database, as of one moment, to a file that is not there yet. Others go
    /// on writing.
    pub(crate) async fn copy_to(&self, file: &Path) -> Result<(), StoreError> {
        sqlx::query("vacuum into $1")
            .bind(file.to_string_lossy().into_owned())
            .execute(&self.sqlite()?.readers)
            .await?;
        Ok(())
    }

    /// Forgets folders without a backup since a moment, if one is given, and deletes the rows that
    /// every other has, some at a time. With no folder left the journal ends, until the next backup.
    pub(crate) async fn prune_journal(
        &self,
        forget_before: Option<IsoTime>,
    ) -> Result<(), StoreError> {
        if self.sqlite().is_err() {
            return Ok(());
        }
        loop {
            let mut write = self.write().await?;
            let connection = write.sqlite()?;
            if let Some(moment) = forget_before {
                sqlx::query("delete from backups where at < $1")
                    .bind(moment.to_string())
                    .execute(&mut *connection)
                    .await?;
            }
            let taken_to: Option<i64> = sqlx::query_scalar("select min(taken_to) from backups")
                .fetch_one(&mut *connection)
                .await?;
            let until = match taken_to {
                Some(taken_to) => taken_to,
                None => {
                    sqlx::query("update journal_state set is_kept = false where is_kept")
                        .execute(&mut *connection)
                        .await?;
                    i64::MAX
                }
            };
            let last: Option<i64> = sqlx::query_scalar(
                "select max(number) from
                     (select number from journal where number <= $1 order by number limit $2)",
            )
            .bind(until)
            .bind(BATCH)
            .fetch_one(&mut *connection)
            .await?;
            let Some(last) = last else {
                write.commit().await?;
                return Ok(());
            };
            for statement in [
                "update journal_state set pruned_to = $1 where pruned_to < $1",
                "delete from journal_commits where number <= $1",
                "delete from journal where number <= $1",
            ] {
                sqlx::query(statement)
                    .bind(last)
                    .execute(&mut *connection)
                    .await?;
            }
            write.commit().await?;
        }
    }
}

/// What is in a copy that was written by [`Store::copy_to`].
pub(crate) async fn contents(file: &Path) -> Result<Contents, StoreError> {
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    let mut copy = SqliteConnection::connect_with(&options).await?;
    let contents = Contents {
        journal_head: journal_head(&mut copy).await?,
        last_commit: sqlx::query_scalar("select max(at) from journal_commits")
            .fetch_one(&mut copy)
            .await?,
        feed_head: feed_head(&mut copy).await?,
        accounts: sqlx::query_scalar("select id from accounts order by id")
            .fetch_all(&mut copy)
            .await?,
    };
    copy.close().await?;
    Ok(contents)
}

/// The last row that the journal ever had.
async fn journal_head(connection: &mut SqliteConnection) -> Result<i64, StoreError> {
    let statement = "select coalesce(max(seq), 0) from sqlite_sequence where name = 'journal'";
    Ok(sqlx::query_scalar(statement).fetch_one(connection).await?)
}

async fn feed_head(connection: &mut SqliteConnection) -> Result<i64, StoreError> {
    let bounds = super::changes::bounds(&mut Connection::Sqlite(connection)).await?;
    Ok(Seq::to_row(bounds.head))
}
