//! `/v1/accounts/{account}/videos/{video}/explain` and `…/where`: what the edge would decide, and why.
//!
//! The rules are those of the answer that the edge would be given at this moment, checked and compiled
//! as the edge does it. Asking changes nothing.

mod held;
mod question;
mod told;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use playback_policy::{AccountId, Compiled, VideoId, explain, where_it_plays};
use serde::Serialize;

use crate::{
    app::App,
    error::ApiError,
    extract::{JsonBody, Segments, id},
    model::{Fields, IsoTime},
};
use held::{Held, held};
use question::{Question, WhereQuestion, invalid};
use told::{Explained, WherePlayed};

/// Whose video is asked about.
type Ids = Segments<(String, String)>;

/// Why one viewer may play the video, or may not.
pub(crate) async fn why(
    State(app): State<App>,
    Segments((account, video)): Ids,
    headers: HeaderMap,
    JsonBody(document): JsonBody,
) -> Result<Response, ApiError> {
    let account: AccountId = id("account id", &account)?;
    let video: VideoId = id("video id", &video)?;
    let question = Question::from_json(document).map_err(ApiError::Invalid)?;
    let asked = question.asked(&app.keys, &account, now())?;
    let explained = match held(&app, account, video, asked.key.as_ref()).await? {
        Held::NotPlayable(why) => Explained::not_playable(why, &asked.viewer),
        Held::Rules(entry) => {
            let explain = move || Ok(explain(&read(&entry)?, &asked.viewer));
            Explained::of(aside(explain).await?)
        }
    };
    Ok(answer(&headers, &explained))
}

/// What each of many viewers gets.
pub(crate) async fn places(
    State(app): State<App>,
    Segments((account, video)): Ids,
    headers: HeaderMap,
    JsonBody(document): JsonBody,
) -> Result<Response, ApiError> {
    let account: AccountId = id("account id", &account)?;
    let video: VideoId = id("video id", &video)?;
    let question = WhereQuestion::from_json(document).map_err(ApiError::Invalid)?;
    let (asked, others) = question.asked(&app.keys, &account, now())?;
    let told = match held(&app, account, video, asked.key.as_ref()).await? {
        Held::NotPlayable(why) => WherePlayed::nowhere(why),
        Held::Rules(entry) => {
            let decide = move || {
                let played = where_it_plays(&read(&entry)?, &asked.viewer, others);
                played.map_err(|error| invalid("viewers", &error))
            };
            WherePlayed::of(aside(decide).await?)
        }
    };
    Ok(answer(&headers, &told))
}

fn now() -> i64 {
    IsoTime::now().floor_seconds()
}

fn read(entry: &[u8]) -> Result<Compiled<'_>, ApiError> {
    Compiled::read(entry).map_err(|error| {
        tracing::error!(%error, "what was compiled cannot be read");
        ApiError::Internal
    })
}

/// Beside the other requests: many rules take a while to try.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(_panicked) => Err(ApiError::Internal),
    }
}

/// For people where they ask for text, else for programs.
fn answer<T: Serialize + ToString>(headers: &HeaderMap, told: &T) -> Response {
    let accepted = headers.get_all(header::ACCEPT).iter();
    let ranges = accepted
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    let mut types = ranges.filter_map(|range| range.split(';').next().map(str::trim));
    // The first of the two that is named, since nobody who wants the other names it behind.
    let first = types.find(|name| ["text/plain", "application/json"].contains(name));
    match first {
        Some("text/plain") => told.to_string().into_response(),
        Some(_) | None => Json(told).into_response(),
    }
}
