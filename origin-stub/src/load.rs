//! `load`: a whole catalog from a file, in one write. What is there already stays as it is; what
//! the file does not name is left alone.

mod catalog;

use std::{
    fmt,
    io::{self, Write as _},
    path::PathBuf,
};

use serde::Serialize;
use thiserror::Error;

use crate::{
    args::LoadArgs,
    model::{Account, IsoTime, Right, Video},
    serve::{ServeError, open_store},
    store::{Store, StoreError, Write},
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
    let catalog = Catalog::parse(&text).map_err(|source| LoadError::Catalog {
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
            write.put_account(&before.edited(fields, now)).await?;
            loaded.accounts.updated += 1;
        }
        None => {
            write
                .put_account(&Account::new(id.clone(), fields, now))
                .await?;
            loaded.accounts.created += 1;
        }
    }
    for (right, fields) in catalog.rights {
        match write.right(&id, &right).await? {
            Some(before) if before.fields == fields => loaded.playback_rights.unchanged += 1,
            Some(before) => {
                write.put_right(&before.edited(fields, now)).await?;
                loaded.playback_rights.updated += 1;
            }
            None => {
                write
                    .put_right(&Right::new(id.clone(), right, fields, now))
                    .await?;
                loaded.playback_rights.created += 1;
            }
        }
    }
    let mut changed = Vec::new();
    for (video, fields) in catalog.videos {
        match write.video(&id, &video).await? {
            Some(before) if before.fields == fields => loaded.videos.unchanged += 1,
            Some(before) => {
                // First all let go of their references, then all take theirs: two may have swapped.
                write.release_reference(&before).await?;
                changed.push((true, before.edited(fields, now)));
            }
            None => changed.push((false, Video::new(id.clone(), video, fields, now))),
        }
    }
    for (is_stored, video) in changed {
        let written = match is_stored {
            true => write.replace_video(&video).await,
            false => write.add_video(&video).await,
        };
        written.map_err(|source| LoadError::Record {
            what: format!("video `{}`", video.id),
            source,
        })?;
        match is_stored {
            true => loaded.videos.updated += 1,
            false => loaded.videos.created += 1,
        }
    }
    Ok(())
}

impl Loaded {
    fn is_change(&self) -> bool {
        [self.accounts, self.playback_rights, self.videos]
            .iter()
            .any(|counts| counts.created + counts.updated > 0)
    }
}

impl fmt::Display for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "accounts: {}", self.accounts)?;
        writeln!(f, "playback rights: {}", self.playback_rights)?;
        writeln!(f, "videos: {}", self.videos)?;
        match self.is_change() {
            true => {
                f.write_str("loaded; a running edge keeps what it has cached until it is purged")
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
