//! Every error the origin answers with: the only place for statuses and error bodies.
//!
//! A body is a JSON array of one object, in Brightcove's manner: `error_code`, perhaps
//! `error_subcode`, and a `message` in words.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use playback_policy::{InvalidPolicyKey, InvalidRoute, PlaybackError};
use serde::Serialize;

use crate::{change::Seq, cms::EditError, media::Refusal, model::InvalidField, store::StoreError};

/// A request that is answered with an error.
#[derive(Debug)]
pub(crate) enum ApiError {
    /// No token, or not the right one.
    Unauthorized,
    /// The request cannot be read; the text says what of it.
    BadRequest(String),
    /// A document with a member that may not be so.
    Invalid(InvalidField),
    /// There is no such thing; the text names it.
    NotFound(String),
    /// Nothing lives at this path.
    NoRoute,
    /// Something lives there, but not for this method.
    MethodNotAllowed,
    /// What is to be written is taken.
    Conflict {
        /// Which kind of conflict.
        code: &'static str,
        /// In words.
        message: String,
    },
    /// A cursor beyond the change feed's end.
    CursorAhead {
        /// The feed's end.
        head: Seq,
    },
    /// A cursor after which changes are no longer kept.
    CursorExpired {
        /// The last of those that are gone.
        pruned_to: Seq,
        /// The feed's end.
        head: Seq,
    },
    /// As many streams of changes are open as may be.
    TooManyStreams {
        /// How many that is.
        most: usize,
    },
    /// A body beyond the limit.
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// A body that takes too long to arrive.
    TooSlow,
    /// A media URL that opens nothing.
    UrlToken(Refusal),
    /// Playback's own errors.
    Playback(PlaybackError),
    /// The database is busy.
    Busy,
    /// More requests are waiting than may.
    Overloaded,
    /// The database has no room for an edit.
    NoRoom,
    /// Our fault. The log has the reason, the answer has not.
    Internal,
}

#[derive(Serialize)]
struct Body {
    error_code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_subcode: Option<&'static str>,
    message: String,
    /// Where the change feed ends, for a reader that has to begin anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<Seq>,
}

impl ApiError {
    /// The status it is answered with.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NotFound(_) | Self::NoRoute => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict { .. } | Self::CursorAhead { .. } => StatusCode::CONFLICT,
            Self::CursorExpired { .. } => StatusCode::GONE,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::UrlToken(_) => StatusCode::FORBIDDEN,
            Self::Playback(error) => {
                StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }
            Self::Busy | Self::Overloaded | Self::TooManyStreams { .. } => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::NoRoom => StatusCode::INSUFFICIENT_STORAGE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Unauthorized => "UNAUTHORIZED",
            Self::BadRequest(_) => "BAD_REQUEST",
            Self::Invalid(_) => "VALIDATION_ERROR",
            Self::NotFound(_) => "NOT_FOUND",
            Self::NoRoute => "RESOURCE_NOT_FOUND",
            Self::MethodNotAllowed => "METHOD_NOT_ALLOWED",
            Self::Conflict { code, .. } => code,
            Self::CursorAhead { .. } => "CURSOR_AHEAD",
            Self::CursorExpired { .. } => "CURSOR_EXPIRED",
            Self::TooLarge { .. } => "PAYLOAD_TOO_LARGE",
            Self::TooSlow => "REQUEST_TIMEOUT",
            Self::UrlToken(_) => "ACCESS_DENIED",
            Self::Playback(error) => error.code(),
            Self::Busy | Self::Overloaded | Self::TooManyStreams { .. } => "SERVICE_UNAVAILABLE",
            Self::NoRoom => "INSUFFICIENT_STORAGE",
            Self::Internal => "SERVER_ERROR",
        }
    }

    fn subcode(&self) -> Option<&'static str> {
        match self {
            Self::Playback(error) => error.subcode(),
            Self::UrlToken(_) => Some("URL_TOKEN"),
            Self::Unauthorized
            | Self::BadRequest(_)
            | Self::Invalid(_)
            | Self::NotFound(_)
            | Self::NoRoute
            | Self::MethodNotAllowed
            | Self::Conflict { .. }
            | Self::CursorAhead { .. }
            | Self::CursorExpired { .. }
            | Self::TooManyStreams { .. }
            | Self::TooLarge { .. }
            | Self::TooSlow
            | Self::Busy
            | Self::Overloaded
            | Self::NoRoom
            | Self::Internal => None,
        }
    }

    fn head(&self) -> Option<Seq> {
        match self {
            Self::CursorAhead { head } | Self::CursorExpired { head, .. } => Some(*head),
            _ => None,
        }
    }

    fn into_message(self) -> String {
        match self {
            Self::Unauthorized => "Send the right token as `Authorization: Bearer …`.".to_owned(),
            Self::BadRequest(message) | Self::Conflict { message, .. } => message,
            Self::Invalid(field) => field.to_string(),
            Self::NotFound(what) => format!("There is no {what}."),
            Self::NoRoute => "There is nothing at this path.".to_owned(),
            Self::MethodNotAllowed => "This method is not allowed here.".to_owned(),
            Self::CursorAhead { head } => format!(
                "The feed ends at {head}; this cursor is of another database. Read the catalog \
                 whole and go on from `after={head}`."
            ),
            Self::CursorExpired { pruned_to, head } => format!(
                "Changes up to {pruned_to} are no longer kept, and some of them come after this \
                 cursor. Read the catalog whole and go on from `after={head}`."
            ),
            Self::TooManyStreams { most } => format!(
                "{most} streams are open, which is as many as may be. Try again in a moment, or \
                 read `/v1/changes` page by page."
            ),
            Self::TooLarge { limit } => format!("The body is larger than {limit} bytes."),
            Self::TooSlow => "The body took too long to arrive.".to_owned(),
            Self::UrlToken(refusal) => format!("This URL does not open: {refusal}."),
            Self::Playback(error) => error.message().to_owned(),
            Self::Busy => "The database is busy. Try again in a moment.".to_owned(),
            Self::Overloaded => {
                "There are more requests than can be answered. Try again in a moment.".to_owned()
            }
            Self::NoRoom => {
                "The edit was not stored: the database cannot grow. See that its disk has room."
                    .to_owned()
            }
            Self::Internal => "The origin failed; its log has the reason.".to_owned(),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.status();
        let body = Body {
            error_code: self.code(),
            error_subcode: self.subcode(),
            head: self.head(),
            message: self.into_message(),
        };
        let mut response = (status, Json([body])).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::ReferenceInUse { kind, by } => Self::Conflict {
                code: "REFERENCE_ID_IN_USE",
                message: format!("The {kind} `{by}` of this account has this `reference_id`."),
            },
            StoreError::Exists { kind } => Self::Conflict {
                code: "CONFLICT",
                message: format!("There is a {kind} with this id; use `PATCH` to change it."),
            },
            StoreError::RightInUse { videos } => Self::Conflict {
                code: "REFERENCES_EXIST",
                message: format!("{videos} videos use this playback right."),
            },
            StoreError::RightMissing(right) => {
                let reason = format!("the account has no playback right `{right}`");
                Self::Invalid(InvalidField::new("playback_rights_id", reason))
            }
            StoreError::Busy(source) => {
                tracing::warn!(error = %source, "the database is busy");
                Self::Busy
            }
            StoreError::Full(source) => {
                tracing::error!(alarm = true, error = %source, "there is no room to write");
                Self::NoRoom
            }
            StoreError::Unreadable { .. } | StoreError::NotInPostgres | StoreError::Database(_) => {
                tracing::error!(%error, "the database failed");
                Self::Internal
            }
        }
    }
}

impl From<EditError> for ApiError {
    fn from(error: EditError) -> Self {
        match error {
            EditError::Store(error) => error.into(),
            EditError::Invalid(field) => Self::Invalid(field),
            EditError::NoAccount(id) => Self::NotFound(format!("account `{id}`")),
            EditError::NoRecord { kind, id } => Self::NotFound(format!("{kind} `{id}`")),
            EditError::KeyIdInUse(id) => conflict(format!(
                "There is a policy key `{id}` that says something else; choose another `key-id`."
            )),
            EditError::KeyRevoked(id) => conflict(format!(
                "The policy key `{id}` is revoked; choose another `key-id`."
            )),
            EditError::NoKeyIdLeft => {
                conflict("No `key-id` is left for these data; choose one.".to_owned())
            }
            EditError::NoKeyId => conflict(
                "This policy key has no `key-id` to revoke it by; only a change of the signing key \
                 ends it."
                    .to_owned(),
            ),
            EditError::TokenKeyExists(id) => {
                conflict(format!("This key, or its id, is registered as `{id}`."))
            }
            EditError::TooManyTokenKeys(most) => conflict(format!(
                "The account has {most} keys, which is as many as it may; delete one first."
            )),
        }
    }
}

fn conflict(message: String) -> ApiError {
    ApiError::Conflict {
        code: "CONFLICT",
        message,
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self::UrlToken(refusal)
    }
}

impl From<InvalidRoute> for ApiError {
    fn from(error: InvalidRoute) -> Self {
        Self::Playback(error.into())
    }
}

impl From<InvalidPolicyKey> for ApiError {
    fn from(error: InvalidPolicyKey) -> Self {
        match error {
            InvalidPolicyKey::Malformed | InvalidPolicyKey::Forged => {
                Self::NotFound("such policy key".to_owned())
            }
            InvalidPolicyKey::Content { member, reason } => {
                Self::Invalid(InvalidField::new(format!("key-data.{member}"), reason))
            }
        }
    }
}
