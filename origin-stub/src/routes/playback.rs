//! `/playback/v1/accounts/{account}/videos/{video}`: what the edge asks for on a miss.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use playback_policy::{PlaybackError, Route, SurrogateKeySet};
use sha2::{Digest, Sha256};

use crate::{
    app::App,
    assemble::{Outcome, assemble},
    error::ApiError,
    metrics::Metrics,
};

const SURROGATE_KEY: HeaderName = HeaderName::from_static("surrogate-key");
const SURROGATE_CONTROL: HeaderName = HeaderName::from_static("surrogate-control");

/// A year, which is until purged.
const FOREVER: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Answers the edge. The proof has been checked.
pub(crate) async fn answer(
    State(app): State<App>,
    method: Method,
    uri: Uri,
) -> Result<Response, ApiError> {
    if method != Method::GET && method != Method::HEAD {
        return Err(ApiError::Playback(PlaybackError::MethodNotAllowed));
    }
    let request = match Route::parse(uri.path(), uri.query())? {
        Route::Video(request) => request,
        Route::Health => return Err(ApiError::NoRoute),
    };
    let record = app
        .cms
        .store
        .playback(&request.account, &request.video)
        .await?;
    let assembled = assemble(&request, &record).map_err(|error| {
        tracing::error!(account = %request.account, video = %request.video, %error, "no answer can be made");
        ApiError::Internal
    })?;
    let response = match assembled.outcome {
        Outcome::Playable { body, layers } => {
            let mut response = json(body);
            for (layer, rules) in &layers {
                let name = HeaderName::from_static(layer.header_name());
                response.headers_mut().insert(name, text(rules)?);
            }
            response
        }
        Outcome::NotPlayable => ApiError::Playback(PlaybackError::VideoNotPlayable).into_response(),
        Outcome::NoVideo => ApiError::Playback(PlaybackError::VideoNotFound).into_response(),
        Outcome::NoAccount => ApiError::Playback(PlaybackError::AccountNotFound).into_response(),
    };
    cacheable(response, &assembled.surrogate_keys)
}

/// Counts the answer, and those of the proof's check before it.
pub(crate) async fn count(
    State(metrics): State<Metrics>,
    uri: Uri,
    request: Request,
    next: Next,
) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let account = match Route::parse(uri.path(), uri.query()) {
        // Whoever has no proof names no account to count by.
        Ok(Route::Video(request)) if status != StatusCode::UNAUTHORIZED => {
            request.account.to_string()
        }
        _ => String::new(),
    };
    metrics.count_playback(&account, status);
    response
}

fn json(body: Vec<u8>) -> Response {
    let digest = Sha256::digest(&body);
    let hex: String = digest
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.extend(
        HeaderValue::try_from(format!("\"{hex}\""))
            .ok()
            .map(|tag| (header::ETAG, tag)),
    );
    response
}

/// Lets the edge keep the answer until it is purged.
fn cacheable(mut response: Response, keys: &SurrogateKeySet) -> Result<Response, ApiError> {
    let keys = text(keys)?;
    let headers = response.headers_mut();
    headers.remove(header::CACHE_CONTROL);
    headers.insert(SURROGATE_KEY, keys);
    headers.insert(SURROGATE_CONTROL, FOREVER);
    Ok(response)
}

fn text(value: &impl ToString) -> Result<HeaderValue, ApiError> {
    HeaderValue::try_from(value.to_string()).map_err(|error| {
        tracing::error!(%error, "a header cannot be written");
        ApiError::Internal
    })
}
