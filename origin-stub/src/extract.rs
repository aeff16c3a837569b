//! What handlers take from a request, with our errors in place of the framework's.

use std::{fmt::Display, future::Future, str::FromStr, time::Duration};

use axum::{
    body::to_bytes,
    extract::{FromRequest, FromRequestParts, Path, Request},
    http::request::Parts,
};
use playback_policy::{Page, strict_json};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::ApiError;

/// The largest document an editor may send.
const MAX_BYTES: usize = 1024 * 1024;
/// How much of a larger one is read all the same: an editor still sending would miss the refusal.
const MAX_READ: usize = 16 * MAX_BYTES;
/// How deeply it may nest.
const MAX_LEVELS: usize = 64;
/// How long a body may take to arrive.
const MAX_DURATION: Duration = Duration::from_secs(30);

/// A body of JSON, whatever its `Content-Type` says.
pub(crate) struct JsonBody(pub(crate) Value);

/// The variable segments of the path, decoded.
pub(crate) struct Segments<T>(pub(crate) T);

/// Which part of a list, from the query: `limit` from 1 to 100 (20), `offset` (0).
pub(crate) struct ListPage(pub(crate) Page);

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, _state: &S) -> Result<Self, ApiError> {
        let too_large = ApiError::TooLarge { limit: MAX_BYTES };
        let reading = tokio::time::timeout(MAX_DURATION, to_bytes(request.into_body(), MAX_READ));
        let bytes = match reading.await {
            Err(_) => return Err(ApiError::TooSlow),
            // Beyond even that, or broken off: then nobody reads the answer.
            Ok(Err(_)) => return Err(too_large),
            Ok(Ok(bytes)) if bytes.len() > MAX_BYTES => return Err(too_large),
            Ok(Ok(bytes)) => bytes,
        };
        match strict_json(&bytes, MAX_LEVELS) {
            Ok(value) => Ok(Self(value)),
            Err(error) => Err(ApiError::BadRequest(format!(
                "The body is not JSON: {error}."
            ))),
        }
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Segments<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(segments)) => Ok(Self(segments)),
            Err(_) => Err(ApiError::BadRequest(
                "The path is not percent-encoded UTF-8.".to_owned(),
            )),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ListPage {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        let mut page = Page::default();
        let query = parts.uri.query().unwrap_or_default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let number = value.parse::<u32>();
            match (name.as_ref(), number) {
                ("limit", Ok(limit @ 1..=100)) => page.limit = limit,
                ("limit", _) => {
                    return Err(ApiError::BadRequest(
                        "Query parameter `limit`: expected a number from 1 to 100.".to_owned(),
                    ));
                }
                ("offset", Ok(offset)) => page.offset = offset,
                ("offset", Err(_)) => {
                    return Err(ApiError::BadRequest(
                        "Query parameter `offset`: expected a number from 0 on.".to_owned(),
                    ));
                }
                _ => {}
            }
        }
        Ok(Self(page))
    }
}

/// An id from a segment of the path. `what` names it in the error.
pub(crate) fn id<T: FromStr<Err: Display>>(what: &str, text: &str) -> Result<T, ApiError> {
    text.parse()
        .map_err(|reason| ApiError::BadRequest(format!("The {what} in the path: {reason}.")))
}

/// Runs an edit to its end even if the editor hangs up: a commit must be followed by its purge.
pub(crate) async fn to_its_end<T, E>(
    edit: impl Future<Output = Result<T, E>> + Send + 'static,
) -> Result<T, ApiError>
where
    T: Send + 'static,
    E: Into<ApiError> + Send + 'static,
{
    match tokio::spawn(edit).await {
        Ok(outcome) => outcome.map_err(Into::into),
        Err(_panicked) => Err(ApiError::Internal),
    }
}
