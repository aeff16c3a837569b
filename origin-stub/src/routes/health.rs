//! `/healthz`

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::{app::App, error::ApiError};

/// Answers 200 while the database answers.
pub(crate) async fn show(State(app): State<App>) -> Result<Response, ApiError> {
    app.cms.store.ping().await?;
    Ok(Json(json!({ "status": "ok" })).into_response())
}
