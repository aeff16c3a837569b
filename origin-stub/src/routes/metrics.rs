//! `/metrics`

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

use crate::{error::ApiError, metrics::Metrics};

/// The media type of what Prometheus scrapes.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Every counter, as text.
pub(crate) async fn show(State(metrics): State<Metrics>) -> Result<Response, ApiError> {
    match metrics.to_text() {
        Ok(text) => Ok(([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response()),
        Err(error) => {
            tracing::error!(%error, "the metrics cannot be written");
            Err(ApiError::Internal)
        }
    }
}
