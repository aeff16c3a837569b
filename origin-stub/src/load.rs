//! `load`: a whole catalog from a file, in one write. What is there already stays as it is; what
//! the file does not name is left alone.

mod catalog;

use std::{
    fmt,
    io::{self, Write as _},
    path::PathBuf,
};

use playback_policy::AccountId;
use serde::Serialize;
use thiserror::Error;

use crate::{
    args::LoadArgs,
    model::{Account, InvalidField, IsoTime, Playlist, Right, Video},
    serve::{ServeError, open_store},
    store::{Store, StoreError, Stored, Write},
};
use catalog::{Catalog, CatalogAccount, InvalidCatalog};

/// Nothing was loaded: a load is all or nothing.
#[derive(Debug, Error)]
pub(crate) enum LoadError {
    /// The file cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// The file is no catalog.
    #[error("`{}`: {source}", path.display())]
    Catalog {
        path: PathBuf,
        #[source]
        source: InvalidCatalog,
    },
    /// An account that cannot be so beside what the database knows of it.
    #[error("account `{id}`: {source}")]
    Account {
        id: AccountId,
        #[source]
        source: InvalidField,
    },
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] ServeError),
    /// The store refuses a record.
    #[error("{what}: {source}")]
    Record {
        /// Which record.
        what: String,
        #[source]
        source: StoreError,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("cannot write to standard output: {0}")]
    Output(io::Error),
}

/// What a load did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Loaded {
    accounts: Counts,
    playback_rights: Counts,
    videos: Counts,
    playlists: Counts,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
struct Counts {
    created: usize,
    updated: usize,
    unchanged: usize,
}

/// Loads the catalog and says what changed.
pub(crate) async fn run(args: &LoadArgs) -> Result<(), LoadError> {
    let path = &args.catalog;
    let text = std::fs::read_to_string(path).map_err(|source| LoadError::File {
        path: path.clone(),
        source,
    })?;
    let catalog = Catalog::parse(&text, &args.media_url).map_err(|source| LoadError::Catalog {
        path: path.clone(),
        source,
    })?;
    let store = open_store(&args.database).await?;
    let loaded = load(&store, catalog).await?;
    store.close().await;
    let report = if args.json {
        serde_json::json!(loaded).to_string()
    } else {
        loaded.to_string()
    };
    writeln!(io::stdout(), "{report}").map_err(LoadError::Output)
}

async fn load(store: &Store, catalog: Catalog) -> Result<Loaded, LoadError> {
    let now = IsoTime::now();
    let mut loaded = Loaded::default();
    let mut write = store.write().await?;
    for account in catalog.accounts {
        load_account(&mut write, account, now, &mut loaded).await?;
    }
    if loaded.is_change() {
        write.commit().await?;
    }
    Ok(loaded)
}

async fn load_account(
    write: &mut Write,
    catalog: CatalogAccount,
    now: IsoTime,
    loaded: &mut Loaded,
) -> Result<(), LoadError> {
    let (id, fields) = (catalog.id, catalog.fields);
    match write.account(&id).await? {
        Some(before) if before.fields == fields => loaded.accounts.unchanged += 1,
        Some(before) => {
            let after = before.edited(fields, now);
            after.layer().map_err(|source| LoadError::Account {
                id: id.clone(),
                source,
            })?;
            write.put_account(Some(&before), &after).await?;
            loaded.accounts.updated += 1;
        }
        None => {
            let account = Account::new(id.clone(), fields, now);
            write.put_account(None, &account).await?;
            loaded.accounts.created += 1;
        }
    }
    // Videos name rights, so these come first.
    load_records::<Right>(write, &id, catalog.rights, now, &mut loaded.playback_rights).await?;
    load_records::<Video>(write, &id, catalog.videos, now, &mut loaded.videos).await?;
    load_records::<Playlist>(write, &id, catalog.playlists, now, &mut loaded.playlists).await
}

async fn load_records<R: Stored>(
    write: &mut Write,
    account: &AccountId,
    records: Vec<(R::Id, R::Fields)>,
    now: IsoTime,
    counts: &mut Counts,
) -> Result<(), LoadError> {
    let mut changed = Vec::new();
    for (id, fields) in records {
        match write.find::<R>(account, &id).await? {
            Some(before) if *before.fields() == fields => counts.unchanged += 1,
            Some(before) => {
                // First all let go of their references, then all take theirs: two may have swapped.
                write.release_reference(&before).await?;
                let after = before.edited(fields, now);
                changed.push((Some(before), after));
            }
            None => changed.push((None, R::new(account.clone(), id, fields, now))),
        }
    }
    for (before, record) in changed {
        let written = match &before {
            Some(before) => write.update(before, &record).await,
            None => write.insert(&record).await,
        };
        written.map_err(|source| LoadError::Record {
            what: format!("{} `{}`", R::KIND, record.id()),
            source,
        })?;
        match before {
            Some(_) => counts.updated += 1,
            None => counts.created += 1,
        }
    }
    Ok(())
}

impl Loaded {
    fn is_change(&self) -> bool {
        [
            self.accounts,
            self.playback_rights,
            self.videos,
            self.playlists,
        ]
        .iter()
        .any(|counts| counts.created + counts.updated > 0)
    }
}

impl fmt::Display for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "accounts: {}", self.accounts)?;
        writeln!(f, "playback rights: {}", self.playback_rights)?;
        writeln!(f, "videos: {}", self.videos)?;
        writeln!(f, "playlists: {}", self.playlists)?;
        match self.is_change() {
            true => {
                f.write_str("loaded; the purger tells the edge, or does so as soon as one runs")
            }
            false => f.write_str("nothing changed"),
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            created,
            updated,
            unchanged,
        } = self;
        write!(
            f,
            "{created} created, {updated} updated, {unchanged} unchanged"
        )
    }
}
