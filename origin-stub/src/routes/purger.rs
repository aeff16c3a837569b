//! `/v1/purger`: whether the edge knows of every edit.

use axum::{Json, extract::State};
use serde::Serialize;

use crate::{app::App, change::Seq, error::ApiError, model::IsoTime};

/// How far the purger has come, wherever it runs.
#[derive(Serialize)]
pub(crate) struct Progress {
    service_id: String,
    /// The last change.
    head: Seq,
    purged: Seq,
    settled: Seq,
    /// How long the first change after `purged` has been waiting.
    oldest_unpurged_ms: Option<u64>,
}

pub(crate) async fn show(State(app): State<App>) -> Result<Json<Progress>, ApiError> {
    let store = &app.cms.store;
    let Some(service) = app.cms.purger.service() else {
        return Err(ApiError::NotFound("purger: purging is off".to_owned()));
    };
    let kept = store.purge_cursor(service).await?.unwrap_or_default();
    let cursor = kept.or_later(app.cms.purger.progress());
    let head = store.feed_bounds().await?.head;
    let oldest = store.change_after(cursor.purged).await?;
    let waiting = oldest.map(|change| IsoTime::now().since(change.at).as_millis());
    Ok(Json(Progress {
        service_id: service.to_owned(),
        head,
        purged: cursor.purged,
        settled: cursor.settled,
        oldest_unpurged_ms: waiting.and_then(|ms| u64::try_from(ms).ok()),
    }))
}
