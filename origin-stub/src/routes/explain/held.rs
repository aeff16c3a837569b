//! What the edge would hold of a video, made by its own check of the origin's own answer.

use axum::body::to_bytes;
use playback_policy::{
    AccountId, Answer, Limits, Overlay, PlaybackRequest, PolicyKey, Resource, Selector, VideoId,
};

use super::super::playback;
use crate::{
    app::App,
    cms::EditError,
    error::ApiError,
    model::{IsoTime, Video},
    store::Found,
};

/// What the edge would hold.
pub(super) enum Held {
    /// The compiled rules of each layer, the policy key's among them.
    Rules(Vec<u8>),
    /// That nobody may play it, without any rules. The text says why not.
    NotPlayable(&'static str),
}

/// What the edge would hold of the video for this policy key.
pub(super) async fn held(
    app: &App,
    account: AccountId,
    video: VideoId,
    key: Option<&PolicyKey>,
) -> Result<Held, ApiError> {
    let asked = PlaybackRequest {
        account,
        resource: Resource::Video(Selector::Id(video.clone())),
        ad_config_id: None,
        config_id: None,
    };
    let record = app.cms.store.playback(&asked, IsoTime::now()).await?;
    let Some(record) = record else {
        return Err(EditError::NoAccount(asked.account).into());
    };
    let Found::Video(found) = &record.found else {
        return Err(EditError::no_record::<Video>(&video).into());
    };
    if let Some(why) = found.fields.hindrance() {
        return Ok(Held::NotPlayable(why));
    }
    let (overlay, key_rules) = match key {
        Some(key) => (Overlay::Origin, playback::lines_of(key)),
        None => (Overlay::Edge, Vec::new()),
    };
    let response = playback::answer_to(&asked, Some(&record), &key_rules)?;
    let (parts, body) = response.into_parts();
    let limits = Limits::EDGE;
    let body = to_bytes(body, limits.body).await.map_err(fault)?;
    let (status, headers, body) = (parts.status, &parts.headers, body.into());
    let answer = Answer::check(&asked, overlay, status, headers, body, limits).map_err(fault)?;
    Ok(Held::Rules(answer.entry.rules))
}

/// The edge would refuse our own answer.
fn fault(error: impl std::fmt::Display) -> ApiError {
    tracing::error!(%error, "the edge would answer 502");
    ApiError::Internal
}
