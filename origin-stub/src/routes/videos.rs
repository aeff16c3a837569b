//! `/v1/accounts/{account}/videos`

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
    Segments((account, video)): Segments<(String, String)>,
) -> Result<Response, ApiError> {
    let (account, video) = (id("account id", &account)?, id("video id", &video)?);
    let found = app.cms.store.video(&account, &video).await?;
    shown(&found.ok_or(EditError::NoVideo(video))?)
}

pub(crate) async fn create(
    State(app): State<App>,
    Segments(account): Segments<String>,
    JsonBody(document): JsonBody,
) -> Result<Response, ApiError> {
    let account = id("account id", &account)?;
    let edit = async move { app.cms.create_video(account, None, &document).await };
    written(&to_its_end(edit).await?)
}

pub(crate) async fn put(
    State(app): State<App>,
    Segments((account, video)): Segments<(String, String)>,
    JsonBody(document): JsonBody,
) -> Result<Response, ApiError> {
    let (account, video) = (id("account id", &account)?, id("video id", &video)?);
    let edit = async move { app.cms.create_video(account, Some(video), &document).await };
    written(&to_its_end(edit).await?)
}

pub(crate) async fn patch(
    State(app): State<App>,
    Segments((account, video)): Segments<(String, String)>,
    JsonBody(patch): JsonBody,
) -> Result<Response, ApiError> {
    let (account, video) = (id("account id", &account)?, id("video id", &video)?);
    let edit = async move { app.cms.patch_video(account, video, &patch).await };
    written(&to_its_end(edit).await?)
}

pub(crate) async fn delete(
    State(app): State<App>,
    Segments((account, video)): Segments<(String, String)>,
) -> Result<Response, ApiError> {
    let (account, video) = (id("account id", &account)?, id("video id", &video)?);
    let edit = async move { app.cms.delete_video(account, video).await };
    Ok(deleted(&to_its_end(edit).await?))
}
