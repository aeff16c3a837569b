//! `/v1/purger`: whether the edge knows of every edit.

use axum::{Json, extract::State};
use serde_json::{Value, json};

use crate::{app::App, error::ApiError, model::IsoTime};

/// How far the purger has come, wherever it runs.
pub(crate) async fn show(State(app): State<App>) -> Result<Json<Value>, ApiError> {
    let store = &app.cms.store;
    let Some(service) = app.cms.purger.service() else {
        return Err(ApiError::NotFound("purger: purging is off".to_owned()));
    };
    let cursor = store.purge_cursor(service).await?.unwrap_or_default();
    let head = store.feed_bounds().await?.head;
    let oldest = store.change_after(cursor.purged).await?;
    let waiting = oldest.map(|change| IsoTime::now().since(change.at).as_millis());
    Ok(Json(json!({
        "service_id": service,
        "head": head,
        "purged": cursor.purged,
        "settled": cursor.settled,
        "oldest_unpurged_ms": waiting.and_then(|ms| u64::try_from(ms).ok()),
    })))
}
