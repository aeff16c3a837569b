//! `/v1/accounts/{account}`

use axum::{extract::State, response::Response};

use super::edited::{show as shown, written};
use crate::{
    app::App,
    cms::EditError,
    error::ApiError,
    extract::{JsonBody, Segments, id, to_its_end},
};

pub(crate) async fn show(
    State(app): State<App>,
    Segments(account): Segments<String>,
) -> Result<Response, ApiError> {
    let account = id("account id", &account)?;
    let found = app.cms.store.account(&account).await?;
    shown(&found.ok_or(EditError::NoAccount(account))?)
}

pub(crate) async fn put(
    State(app): State<App>,
    Segments(account): Segments<String>,
    JsonBody(document): JsonBody,
) -> Result<Response, ApiError> {
    let account = id("account id", &account)?;
    let edit = async move { app.cms.put_account(account, &document).await };
    written(&to_its_end(edit).await?)
}

pub(crate) async fn patch(
    State(app): State<App>,
    Segments(account): Segments<String>,
    JsonBody(patch): JsonBody,
) -> Result<Response, ApiError> {
    let account = id("account id", &account)?;
    let edit = async move { app.cms.patch_account(account, &patch).await };
    written(&to_its_end(edit).await?)
}
