//! `restore`: a database as of a moment, made from a snapshot and what was written after it.

mod plan;
mod replay;

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use serde::Serialize;
use thiserror::Error;

use crate::{
    args::RestoreArgs,
    backup::{
        file::{self, FileError, system},
        folder,
    },
    model::IsoTime,
    store::{OpenError, Place, Rebuilt, StoreError, feed_head_after},
};
use plan::Plan;
use replay::Replay;

/// Nothing was restored, and there is no new file.
#[derive(Debug, Error)]
pub(crate) enum RestoreError {
    /// PostgreSQL goes back by other means.
    #[error(
        "a restore makes a file of SQLite's; take PostgreSQL back to a moment with its own \
         point-in-time recovery, then run `origin-stub restored`"
    )]
    NoFile,
    /// There is a file already.
    #[error("`{}` is there already; name a file that is not, with `--to`", .0.display())]
    Exists(PathBuf),
    /// There are no backups.
    #[error("there is no backup in `{}`", .0.display())]
    Empty(PathBuf),
    /// The moment is before all of them.
    #[error("the first snapshot that can be read is of {first}, after {until}")]
    TooEarly { until: IsoTime, first: IsoTime },
    /// A part is missing.
    #[error("there is a gap before `{}`: {reason}", path.display())]
    Gap { path: PathBuf, reason: String },
    #[error(transparent)]
    File(#[from] FileError),
    /// A row that no table takes.
    #[error("`{}`, line {line}: {reason}", path.display())]
    Row {
        path: PathBuf,
        line: usize,
        reason: String,
    },
    #[error("the new database: {0}")]
    Store(#[from] StoreError),
    #[error("the new database: {0}")]
    Open(#[from] OpenError),
    #[error("cannot write to standard output: {0}")]
    Output(io::Error),
}

/// What a restore did.
#[derive(Debug, Serialize)]
struct Restored {
    /// The moment that the database is as of.
    reached: IsoTime,
    /// Whether that is earlier than asked: nothing later was backed up.
    is_last: bool,
    snapshot: String,
    journals: usize,
    transactions: u64,
    /// When the last transaction was committed that was not in the snapshot.
    last_commit: Option<String>,
    /// Where the change feed ends; it goes on from there.
    feed_head: i64,
    /// Accounts that came later: they are purged, but not in the catalog.
    later_accounts: usize,
    /// Files of later moments that could not be read for the names of such accounts.
    unread: usize,
}

/// Restores and says as of when.
pub(crate) async fn run(args: &RestoreArgs) -> Result<(), RestoreError> {
    let Place::File(to) = &args.to else {
        return Err(RestoreError::NoFile);
    };
    // The log of another database beside it would be taken for its own.
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let path = beside(to, suffix);
        if path.symlink_metadata().is_ok() {
            return Err(RestoreError::Exists(path));
        }
    }
    let partial = beside(to, ".partial");
    remove(&partial);
    let restored = restore(args, to, &partial).await;
    remove(&partial);
    let restored = restored?;
    let report = match args.json {
        true => serde_json::json!(restored).to_string(),
        false => restored.to_string(),
    };
    writeln!(io::stdout(), "{report}").map_err(RestoreError::Output)
}

async fn restore(args: &RestoreArgs, to: &Path, partial: &Path) -> Result<Restored, RestoreError> {
    let entries = folder::entries(&args.from)?;
    let plan = Plan::make(&args.from, &entries, args.until)?;
    plan.verify()?;

    let (_, mut body) = file::open(plan.snapshot.path)?;
    let mut copy = File::create(partial).map_err(system("make", partial))?;
    io::copy(&mut body, &mut copy).map_err(system("write", partial))?;
    drop(copy);

    let mut replay = Replay::new(Rebuilt::open(partial).await?, args.until);
    for journal in &plan.journals {
        replay.journal(journal.path).await?;
    }
    let unread = replay.note_later_accounts(&plan.later);
    let heads = entries.iter().filter_map(|entry| entry.head.as_ref().ok());
    let feed_head = feed_head_after(heads.map(|head| head.header.feed_head));
    let Replay {
        rebuilt,
        accounts,
        transactions,
        last_commit,
        ..
    } = replay;
    let later_accounts = rebuilt.settle(partial, feed_head, &accounts).await?;
    name(partial, to)?;
    Ok(Restored {
        reached: plan.reached,
        is_last: plan.reached < args.until,
        snapshot: plan.snapshot.name(),
        journals: plan.journals.len(),
        transactions,
        last_commit,
        feed_head,
        later_accounts,
        unread,
    })
}

/// Makes the file last and gives it its name, unless another has it by now.
fn name(partial: &Path, to: &Path) -> Result<(), FileError> {
    let file = File::open(partial).and_then(|file| file.sync_all());
    file.map_err(system("write", partial))?;
    fs::hard_link(partial, to).map_err(system("make", to))?;
    match to.parent() {
        Some(parent) if parent != Path::new("") => folder::sync(parent),
        Some(_) | None => folder::sync(Path::new(".")),
    }
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}

/// Removes a database that nobody has; there may be none.
fn remove(file: &Path) {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        fs::remove_file(beside(file, suffix)).ok();
    }
}

impl std::fmt::Display for Restored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            reached,
            snapshot,
            journals,
            transactions,
            feed_head,
            ..
        } = self;
        if self.is_last {
            writeln!(f, "nothing later was backed up")?;
        }
        writeln!(
            f,
            "{snapshot}, and {transactions} transactions from {journals} journals"
        )?;
        if self.later_accounts + self.unread > 0 {
            let Self {
                later_accounts,
                unread,
                ..
            } = self;
            writeln!(
                f,
                "{later_accounts} accounts of later are purged, too; {unread} later files cannot be read"
            )?;
        }
        writeln!(f, "the change feed goes on after {feed_head}")?;
        write!(f, "restored as of {reached}")
    }
}
