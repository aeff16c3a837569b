//! `/v1/changes` and `/v1/changes/stream`: the change feed, for whoever follows the catalog.

mod cursor;
mod streams;

use axum::{Json, extract::State, response::Response};
use serde::Serialize;

use crate::{
    app::App,
    change::{Committed, Seq},
    error::ApiError,
    store::{FeedError, Store},
};
use cursor::{AskedPage, AskedStream};

pub(crate) use streams::Streams;

/// Some changes, and where to go on.
#[derive(Serialize)]
pub(crate) struct FeedPage {
    changes: Vec<Committed>,
    /// The cursor of the next page.
    next: Seq,
    /// The feed's end, as of the same moment.
    head: Seq,
}

pub(crate) async fn list(
    State(app): State<App>,
    AskedPage { after, limit }: AskedPage,
) -> Result<Json<FeedPage>, ApiError> {
    let (changes, head) = read(&app.cms.store, after, limit).await?;
    let next = changes.last().map_or(after, |change| change.seq);
    Ok(Json(FeedPage {
        changes,
        next,
        head,
    }))
}

pub(crate) async fn stream(
    State(app): State<App>,
    AskedStream { after }: AskedStream,
) -> Result<Response, ApiError> {
    let store = &app.cms.store;
    // A cursor that will not do has an error's status: once a stream has begun it is too late.
    read(store, after, 1).await?;
    app.streams.open(store, after)
}

/// The changes after a cursor, and the feed's end.
async fn read(store: &Store, after: Seq, limit: u32) -> Result<(Vec<Committed>, Seq), ApiError> {
    match store.changes(after, limit).await {
        Ok((changes, bounds)) => Ok((changes, bounds.head)),
        Err(FeedError::Expired(pruned_to)) => {
            let head = store.feed_bounds().await?.head;
            Err(ApiError::CursorExpired { pruned_to, head })
        }
        Err(FeedError::Ahead(head)) => Err(ApiError::CursorAhead { head }),
        Err(FeedError::Store(error)) => Err(error.into()),
    }
}
