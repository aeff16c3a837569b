//! `/v1/accounts/{account}/videos`, `…/playback_rights` and `…/playlists`, alike.

use axum::{extract::State, response::Response};

use super::edited::{Shown, deleted, show as shown, show_all, written};
use crate::{
    app::App,
    cms::EditError,
    error::ApiError,
    extract::{JsonBody, ListPage, Segments, id, to_its_end},
    store::Stored,
};

/// The ids in the path of one record.
type Ids = Segments<(String, String)>;

pub(crate) async fn list<R: Stored + Shown>(
    State(app): State<App>,
    Segments(account): Segments<String>,
    ListPage(page): ListPage,
) -> Result<Response, ApiError> {
    let account = id("account id", &account)?;
    let records = app.cms.store.list::<R>(&account, page).await?;
    // An account with records is there.
    if records.is_empty() && app.cms.store.account(&account).await?.is_none() {
        return Err(EditError::NoAccount(account).into());
    }
    show_all(&records)
}

pub(crate) async fn show<R: Stored + Shown>(
    State(app): State<App>,
    Segments((account, record)): Ids,
) -> Result<Response, ApiError> {
    let (account, record) = (id("account id", &account)?, record_id::<R>(&record)?);
    let found = app.cms.store.find::<R>(&account, &record).await?;
    shown(&found.ok_or_else(|| EditError::no_record::<R>(&record))?)
}

/// Creates a record under a new id.
pub(crate) async fn create<R: Stored + Shown>(
    State(app): State<App>,
    Segments(account): Segments<String>,
    JsonBody(document): JsonBody,
) -> Result<Response, ApiError> {
    let account = id("account id", &account)?;
    let edit = async move { app.cms.create::<R>(account, None, &document).await };
    written(&to_its_end(edit).await?)
}

/// Creates a record under the id in the path, which must be free.
pub(crate) async fn create_as<R: Stored + Shown>(
    State(app): State<App>,
    Segments((account, record)): Ids,
    JsonBody(document): JsonBody,
) -> Result<Response, ApiError> {
    let (account, record) = (id("account id", &account)?, record_id::<R>(&record)?);
    let edit = async move { app.cms.create::<R>(account, Some(record), &document).await };
    written(&to_its_end(edit).await?)
}

/// Creates the record with the id in the path, or replaces what it holds.
pub(crate) async fn put<R: Stored + Shown>(
    State(app): State<App>,
    Segments((account, record)): Ids,
    JsonBody(document): JsonBody,
) -> Result<Response, ApiError> {
    let (account, record) = (id("account id", &account)?, record_id::<R>(&record)?);
    let edit = async move { app.cms.put::<R>(account, record, &document).await };
    written(&to_its_end(edit).await?)
}

pub(crate) async fn patch<R: Stored + Shown>(
    State(app): State<App>,
    Segments((account, record)): Ids,
    JsonBody(patch): JsonBody,
) -> Result<Response, ApiError> {
    let (account, record) = (id("account id", &account)?, record_id::<R>(&record)?);
    let edit = async move { app.cms.patch::<R>(account, record, &patch).await };
    written(&to_its_end(edit).await?)
}

pub(crate) async fn delete<R: Stored>(
    State(app): State<App>,
    Segments((account, record)): Ids,
) -> Result<Response, ApiError> {
    let (account, record) = (id("account id", &account)?, record_id::<R>(&record)?);
    let edit = async move { app.cms.delete::<R>(account, record).await };
    Ok(deleted(&to_its_end(edit).await?))
}

fn record_id<R: Stored>(text: &str) -> Result<R::Id, ApiError> {
    id(&format!("{} id", R::KIND), text)
}
