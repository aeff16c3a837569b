//! What the purge API answers, in Fastly's shapes: the only place with its status codes.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::keys::{InvalidKey, KEYS_LIMIT};

/// A purge that was done.
#[derive(Debug)]
pub(super) enum Purged {
    Key {
        id: String,
    },
    /// Surrogate key → purge id.
    Keys(BTreeMap<String, String>),
    All,
}

/// A purge that was not.
#[derive(Debug)]
pub(super) enum Refusal {
    Credentials,
    UnknownService,
    UnknownRoute,
    WrongMethod,
    InvalidKey(InvalidKey),
    InvalidBody(String),
    NoKeys,
    TooManyKeys(usize),
    SoftPurgeAll,
    Failed,
}

impl IntoResponse for Purged {
    fn into_response(self) -> Response {
        let body = match self {
            Self::Key { id } => json!({ "status": "ok", "id": id }),
            Self::Keys(ids) => json!(ids),
            Self::All => json!({ "status": "ok" }),
        };
        Json(body).into_response()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, body) = match self {
            Self::Credentials => (
                StatusCode::UNAUTHORIZED,
                json!({ "msg": "Provided credentials are missing or invalid" }),
            ),
            Self::UnknownService => (StatusCode::NOT_FOUND, not_found("Cannot load service")),
            Self::UnknownRoute => (
                StatusCode::NOT_FOUND,
                not_found("The local purge API has no such route"),
            ),
            Self::WrongMethod => (
                StatusCode::METHOD_NOT_ALLOWED,
                json!({ "msg": "Method not allowed", "detail": "Purges are sent with POST" }),
            ),
            Self::InvalidKey(key) => bad_request(&key.to_string()),
            Self::InvalidBody(reason) => bad_request(&format!(
                "Expected a body such as {{\"surrogate_keys\":[\"key\"]}}: {reason}"
            )),
            Self::NoKeys => bad_request(
                "No surrogate keys, neither in the body nor in the header Surrogate-Key",
            ),
            Self::TooManyKeys(count) => bad_request(&format!(
                "{count} surrogate keys: a batch purges at most {KEYS_LIMIT}"
            )),
            Self::SoftPurgeAll => bad_request("Purge all cannot be done in soft mode"),
            Self::Failed => (
                StatusCode::INTERNAL_SERVER_ERROR,
                json!({ "msg": "Internal error", "detail": "The log of local-pop tells more" }),
            ),
        };
        (status, Json(body)).into_response()
    }
}

impl From<InvalidKey> for Refusal {
    fn from(key: InvalidKey) -> Self {
        Self::InvalidKey(key)
    }
}

fn bad_request(detail: &str) -> (StatusCode, Value) {
    (
        StatusCode::BAD_REQUEST,
        json!({ "msg": "Bad request", "detail": detail }),
    )
}

fn not_found(detail: &str) -> Value {
    json!({ "msg": "Record not found", "detail": detail })
}
