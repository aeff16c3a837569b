//! `backup`: a copy of the database while origins go on writing, and then what was written since.

pub(crate) mod file;
pub(crate) mod folder;

use std::{
    io::{self, Write as _},
    path::PathBuf,
};

use futures_util::TryStreamExt as _;
use serde::Serialize;
use thiserror::Error;

use crate::{
    args::BackupArgs,
    model::IsoTime,
    serve::{ServeError, open_place},
    store::{Known, Last, Place, Store, StoreError, contents, schema},
};
use file::{Draft, FileError, Header, Kind};
use folder::{Entry, Folder};

/// Nothing was backed up: what is in the folder is as before.
#[derive(Debug, Error)]
pub(crate) enum BackupError {
    /// PostgreSQL is backed up by other means.
    #[error(
        "these are backups of SQLite's files; back PostgreSQL up with `pg_basebackup` and WAL \
         archiving, which go back to any moment, too"
    )]
    NoFile,
    /// There is nothing to back up.
    #[error("there is no database `{}`", .0.display())]
    NoDatabase(PathBuf),
    /// The folder is another database's.
    #[error(
        "`{}` has the backups of another database; name another folder with `--to` (a database that \
         was restored needs one of its own)",
        .0.display()
    )]
    OtherDatabase(PathBuf),
    #[error(transparent)]
    Open(#[from] ServeError),
    #[error(transparent)]
    File(#[from] FileError),
    /// The copy could not be made.
    #[error("the database cannot be copied to `{}`: {source}; see that its disk has room", folder.display())]
    Copy {
        folder: PathBuf,
        #[source]
        source: StoreError,
    },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("cannot write to standard output: {0}")]
    Output(io::Error),
}

/// What a backup did.
#[derive(Debug, Serialize)]
struct BackedUp {
    /// As of when the folder has everything.
    at: IsoTime,
    files: Vec<Written>,
    /// Why the whole database was copied, if it was.
    whole_because: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct Written {
    name: String,
    bytes: u64,
    transactions: u64,
}

/// A backup under way.
struct Backup<'a> {
    store: &'a Store,
    folder: &'a Folder,
    database_id: String,
    known: Known,
    /// The number of the next file.
    number: u64,
    files: Vec<Written>,
}

/// Backs up and says what was written.
pub(crate) async fn run(args: &BackupArgs) -> Result<(), BackupError> {
    let Place::File(file) = &args.database else {
        return Err(BackupError::NoFile);
    };
    if !file.is_file() {
        return Err(BackupError::NoDatabase(file.clone()));
    }
    let folder = Folder::take(&args.to)?;
    let store = open_place(&args.database).await?;
    let backed_up = back_up(&store, &folder, args.full).await;
    folder.clear();
    store.close().await;
    let backed_up = backed_up?;
    let report = match args.json {
        true => serde_json::json!(backed_up).to_string(),
        false => backed_up.to_string(),
    };
    writeln!(io::stdout(), "{report}").map_err(BackupError::Output)
}

async fn back_up(store: &Store, folder: &Folder, full: bool) -> Result<BackedUp, BackupError> {
    let entries = folder.entries()?;
    let database_id = store.database_id().await?;
    // The last that can be read: the same holds for all.
    let readable = entries
        .iter()
        .rev()
        .find_map(|entry| entry.head.as_ref().ok());
    if readable.is_some_and(|head| head.header.database_id != database_id) {
        return Err(BackupError::OtherDatabase(folder.path().to_owned()));
    }
    let known = store.begin_backup(folder.key()).await?;
    let (before, missing) = match connected(entries.last(), &known) {
        Ok(header) => (Some(header), None),
        Err(reason) => (None, Some(reason)),
    };
    let whole_because = missing.or(full.then_some("as asked"));
    let mut backup = Backup {
        store,
        folder,
        database_id,
        known,
        number: entries.last().map_or(1, |entry| entry.number + 1),
        files: Vec::new(),
    };
    let at = match (before, whole_because) {
        (Some(before), None) => backup.journal(before).await?,
        (before, _) => backup.whole(before).await?,
    };
    Ok(BackedUp {
        at,
        files: backup.files,
        whole_because,
    })
}

/// The header of the folder's last file, if the journal goes on where it ends.
fn connected<'a>(last: Option<&'a Entry>, known: &Known) -> Result<&'a Header, &'static str> {
    let last = last.ok_or("the folder is empty")?;
    let head = last.head.as_ref();
    let head = head.map_err(|_| "the folder's last file is damaged")?;
    let noted = known.last.as_ref();
    let noted = noted.ok_or("what was written since the folder's last file was not kept")?;
    if (noted.taken_to, &noted.checksum) != (head.header.to, &head.checksum) {
        return Err("the folder's last file is not the one that the database knows of");
    }
    match head.header.schema == schema() {
        true => Ok(&head.header),
        false => Err("the tables are of another version since"),
    }
}

impl Backup<'_> {
    /// What was written since the folder's last file, if anything.
    async fn journal(&mut self, before: &Header) -> Result<IsoTime, BackupError> {
        let (to, at) = (self.known.head, self.known.at);
        if to == before.to {
            return Ok(at);
        }
        let last = self.write_journal(before, to, at).await?;
        self.end(&last).await?;
        Ok(at)
    }

    /// A copy of the whole; and before it, where that is known, what was written until then.
    async fn whole(&mut self, before: Option<&Header>) -> Result<IsoTime, BackupError> {
        let copy = self.folder.partial("copy");
        let failed = |source| BackupError::Copy {
            folder: self.folder.path().to_owned(),
            source,
        };
        self.store.copy_to(&copy).await.map_err(failed)?;
        let contents = contents(&copy).await?;
        // It may hold what was committed after it was begun.
        let last_commit = contents.last_commit.as_ref();
        let last_commit = last_commit.and_then(|time| time.parse().ok());
        let at = last_commit.map_or(self.known.at, |last: IsoTime| last.max(self.known.at));
        let to = contents.journal_head;
        if let Some(before) = before.filter(|before| before.to < to) {
            let last = self.write_journal(before, to, at).await?;
            // Whoever is interrupted now goes on from there.
            self.store.end_backup(self.folder.key(), &last).await?;
        }
        let header = Header {
            kind: Kind::Snapshot,
            from: before.map(|_| to),
            accounts: contents.accounts,
            feed_head: contents.feed_head,
            ..self.header(to, at)
        };
        let mut draft = Draft::begin(self.folder.partial("snapshot"), &header)?;
        draft.copy(&copy)?;
        let checksum = self.publish(draft, Kind::Snapshot, at, 0)?;
        let taken_to = to;
        self.end(&Last { taken_to, checksum }).await?;
        Ok(at)
    }

    async fn write_journal(
        &mut self,
        before: &Header,
        to: i64,
        at: IsoTime,
    ) -> Result<Last, BackupError> {
        let header = Header {
            from: Some(before.to),
            since: Some(before.at),
            ..self.header(to, at)
        };
        let mut draft = Draft::begin(self.folder.partial("journal"), &header)?;
        let mut transactions = 0;
        let mut is_open = false;
        let mut rows = std::pin::pin!(self.store.journal(before.to, to)?);
        while let Some(row) = rows.try_next().await? {
            draft.row(&row)?;
            is_open = row.committed_at.is_none();
            transactions += u64::from(!is_open);
        }
        if is_open {
            // Written past this program, and committed before the copy was made.
            draft.commit(&at.to_string())?;
            transactions += 1;
        }
        let checksum = self.publish(draft, Kind::Journal, at, transactions)?;
        let taken_to = to;
        Ok(Last { taken_to, checksum })
    }

    fn header(&self, to: i64, at: IsoTime) -> Header {
        Header {
            kind: Kind::Journal,
            database_id: self.database_id.clone(),
            schema: schema(),
            from: None,
            to,
            since: None,
            at,
            feed_head: self.known.feed_head,
            accounts: Vec::new(),
        }
    }

    /// Gives a file its name, now that it is whole.
    fn publish(
        &mut self,
        draft: Draft,
        kind: Kind,
        at: IsoTime,
        transactions: u64,
    ) -> Result<String, BackupError> {
        let name = folder::name(self.number, at, kind);
        let finished = draft.finish(&self.folder.path().join(&name))?;
        self.folder.sync()?;
        self.number += 1;
        self.files.push(Written {
            name,
            bytes: finished.bytes,
            transactions,
        });
        Ok(finished.checksum)
    }

    /// What the folder has, no other backup to it needs.
    async fn end(&self, last: &Last) -> Result<(), BackupError> {
        self.store.end_backup(self.folder.key(), last).await?;
        self.store.prune_journal(None).await?;
        Ok(())
    }
}

impl std::fmt::Display for BackedUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(reason) = self.whole_because {
            writeln!(f, "the whole database: {reason}")?;
        }
        for file in &self.files {
            let Written { name, bytes, .. } = file;
            writeln!(f, "{name}: {bytes} bytes")?;
        }
        match self.files.is_empty() {
            true => write!(f, "nothing was written since the last backup"),
            false => write!(f, "backed up as of {}", self.at),
        }
    }
}
