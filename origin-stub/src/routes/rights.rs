//! `/v1/accounts/{account}/playback_rights/{right}`

use axum::{extract::State, response::Response};

use super::edited::{deleted, show as shown, written};
use crate::{
    app::App,
    cms::EditError,
    error::ApiError,
    extract::{JsonBody, Segments, id, to_its_end},
};

pub(crate) async fn show(
    State(app): State<App>,
    Segments((account, right)): Segments<(String, String)>,
) -> Result<Response, ApiError> {
    let (account, right) = (id("account id", &account)?, id("right id", &right)?);
    let found = app.cms.store.right(&account, &right).await?;
    shown(&found.ok_or(EditError::NoRight(right))?)
}

pub(crate) async fn put(
    State(app): State<App>,
    Segments((account, right)): Segments<(String, String)>,
    JsonBody(document): JsonBody,
) -> Result<Response, ApiError> {
    let (account, right) = (id("account id", &account)?, id("right id", &right)?);
    let edit = async move { app.cms.put_right(account, right, &document).await };
    written(&to_its_end(edit).await?)
}

pub(crate) async fn patch(
    State(app): State<App>,
    Segments((account, right)): Segments<(String, String)>,
    JsonBody(patch): JsonBody,
) -> Result<Response, ApiError> {
    let (account, right) = (id("account id", &account)?, id("right id", &right)?);
    let edit = async move { app.cms.patch_right(account, right, &patch).await };
    written(&to_its_end(edit).await?)
}

pub(crate) async fn delete(
    State(app): State<App>,
    Segments((account, right)): Segments<(String, String)>,
) -> Result<Response, ApiError> {
    let (account, right) = (id("account id", &account)?, id("right id", &right)?);
    let edit = async move { app.cms.delete_right(account, right).await };
    Ok(deleted(&to_its_end(edit).await?))
}
