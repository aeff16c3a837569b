//! From where a reader goes on: as it says in the query, or as a browser says for it in a header.

use axum::{extract::FromRequestParts, http::request::Parts};

use crate::{change::Seq, error::ApiError};

/// The place a browser was sent last; it says so by itself when it connects again.
const LAST_EVENT_ID: &str = "last-event-id";
/// The most changes of a page.
const MAX_LIMIT: u32 = 1000;
const DEFAULT_LIMIT: u32 = 100;
/// As many as the largest place has. Longer texts are not even read.
const MAX_DIGITS: usize = 19;

const A_CURSOR: &str = "a whole number from 0 to 9223372036854775807";
const A_LIMIT: &str = "a whole number from 1 to 1000";

/// A page: `after` (0) and `limit` (100).
pub(crate) struct AskedPage {
    pub(super) after: Seq,
    pub(super) limit: u32,
}

/// A stream: `Last-Event-ID`, or else `after` (0).
pub(crate) struct AskedStream {
    pub(super) after: Seq,
}

impl<S: Send + Sync> FromRequestParts<S> for AskedPage {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        Ok(Self {
            after: after(parts)?.unwrap_or_default(),
            limit: parameter(parts, "limit", A_LIMIT, limit)?.unwrap_or(DEFAULT_LIMIT),
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for AskedStream {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        // The address stays what it was when a browser connects again, so the header is the newer.
        let after = match (last_event_id(parts)?, after(parts)?) {
            (Some(last), _) => last,
            (None, Some(after)) => after,
            (None, None) => Seq::default(),
        };
        Ok(Self { after })
    }
}

fn after(parts: &Parts) -> Result<Option<Seq>, ApiError> {
    parameter(parts, "after", A_CURSOR, seq)
}

fn last_event_id(parts: &Parts) -> Result<Option<Seq>, ApiError> {
    let mut values = parts.headers.get_all(LAST_EVENT_ID).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    match (value.to_str().ok().and_then(seq), values.next()) {
        (Some(last), None) => Ok(Some(last)),
        (None, _) | (_, Some(_)) => Err(ApiError::BadRequest(format!(
            "Header `Last-Event-ID`: expected {A_CURSOR}, once."
        ))),
    }
}

/// A parameter of the query that may be there once.
fn parameter<T>(
    parts: &Parts,
    name: &str,
    expected: &str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, ApiError> {
    let query = parts.uri.query().unwrap_or_default();
    let mut values =
        url::form_urlencoded::parse(query.as_bytes()).filter(|(found, _)| found == name);
    let Some((_, value)) = values.next() else {
        return Ok(None);
    };
    match (read(&value), values.next()) {
        (Some(value), None) => Ok(Some(value)),
        (None, _) | (_, Some(_)) => Err(ApiError::BadRequest(format!(
            "Query parameter `{name}`: expected {expected}, once."
        ))),
    }
}

fn seq(text: &str) -> Option<Seq> {
    match text.len() <= MAX_DIGITS {
        true => text.parse().ok(),
        false => None,
    }
}

fn limit(text: &str) -> Option<u32> {
    let is_plain = text.len() <= MAX_DIGITS && !text.starts_with('+');
    let limit = is_plain.then(|| text.parse().ok()).flatten();
    limit.filter(|limit| (1..=MAX_LIMIT).contains(limit))
}
