//! `restored`: what a database needs to be told that others than `restore` have put back to an
//! earlier moment, as PostgreSQL's own means do.

use std::io::{self, Write as _};

use thiserror::Error;

use crate::{
    args::RestoredArgs,
    serve::{ServeError, open_store},
    store::StoreError,
};

/// Nothing was changed.
#[derive(Debug, Error)]
pub(crate) enum RestoredError {
    #[error(transparent)]
    Open(#[from] ServeError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("cannot write to standard output: {0}")]
    Output(io::Error),
}

/// Renews the feed and says from where it goes on.
pub(crate) async fn run(args: &RestoredArgs) -> Result<(), RestoredError> {
    let store = open_store(&args.database).await?;
    let renewed = store.renew_feed().await;
    store.close().await;
    let feed_head = renewed?;
    let report = match args.json {
        true => serde_json::json!({ "feed_head": feed_head }).to_string(),
        false => format!(
            "the change feed goes on after {feed_head}; every purger purges every account first"
        ),
    };
    writeln!(io::stdout(), "{report}").map_err(RestoredError::Output)
}
