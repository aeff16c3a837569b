//! How the CMS shows its records, and the answer to an edit.

use axum::{
    Json,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    cms::Edited,
    error::ApiError,
    model::{Account, Playlist, Right, Video},
};

/// Says whether the edge already knows of an edit: `done`, `pending`, `nothing` to purge, or `off`.
const PURGE: HeaderName = HeaderName::from_static("playback-purge");

/// The edit's place in the change feed, if it changed anything.
const CHANGE: HeaderName = HeaderName::from_static("playback-change");

/// A record as JSON: what an editor wrote and what the CMS keeps about it.
pub(crate) trait Shown {
    /// Members of the CMS's own, laid over the fields.
    fn shown(&self) -> Result<Value, serde_json::Error>;

    /// Where the record lives.
    fn location(&self) -> String;
}

impl Shown for Account {
    fn shown(&self) -> Result<Value, serde_json::Error> {
        with(
            &self.fields,
            json!({
                "id": self.id.as_str(),
                "created_at": self.created_at,
                "updated_at": self.updated_at,
            }),
        )
    }

    fn location(&self) -> String {
        format!("/v1/accounts/{}", self.id)
    }
}

impl Shown for Right {
    fn shown(&self) -> Result<Value, serde_json::Error> {
        with(
            &self.fields,
            json!({
                "id": self.id.as_str(),
                "account_id": self.account.as_str(),
                "created_at": self.created_at,
                "updated_at": self.updated_at,
            }),
        )
    }

    fn location(&self) -> String {
        format!("/v1/accounts/{}/playback_rights/{}", self.account, self.id)
    }
}

impl Shown for Video {
    fn shown(&self) -> Result<Value, serde_json::Error> {
        with(
            &self.fields,
            json!({
                "id": self.id.as_str(),
                "account_id": self.account.as_str(),
                "complete": self.fields.is_complete(),
                "created_at": self.created_at,
                "updated_at": self.updated_at,
                "published_at": self.published_at,
            }),
        )
    }

    fn location(&self) -> String {
        format!("/v1/accounts/{}/videos/{}", self.account, self.id)
    }
}

impl Shown for Playlist {
    fn shown(&self) -> Result<Value, serde_json::Error> {
        with(
            &self.fields,
            json!({
                "id": self.id.as_str(),
                "account_id": self.account.as_str(),
                "created_at": self.created_at,
                "updated_at": self.updated_at,
            }),
        )
    }

    fn location(&self) -> String {
        format!("/v1/accounts/{}/playlists/{}", self.account, self.id)
    }
}

/// A record that was asked for.
pub(super) fn show<T: Shown>(record: &T) -> Result<Response, ApiError> {
    Ok(Json(json_of(record)?).into_response())
}

/// Records that were asked for.
pub(super) fn show_all<T: Shown>(records: &[T]) -> Result<Response, ApiError> {
    let all: Vec<Value> = records.iter().map(json_of).collect::<Result<_, _>>()?;
    Ok(Json(all).into_response())
}

/// A record that was written: 201 and where it lives when it is new.
pub(super) fn written<T: Shown>(edited: &Edited<T>) -> Result<Response, ApiError> {
    let mut response = show(&edited.record)?;
    if edited.is_new {
        response = located(StatusCode::CREATED, response, &edited.record.location());
    }
    Ok(noted(response, edited))
}

/// A record and where it lives. Ids are ASCII without spaces, so every location is a header's value.
pub(super) fn located(status: StatusCode, mut response: Response, location: &str) -> Response {
    *response.status_mut() = status;
    let location = HeaderValue::try_from(location).ok();
    let location = location.map(|value| (header::LOCATION, value));
    response.headers_mut().extend(location);
    response
}

/// A record that was deleted.
pub(super) fn deleted<T>(edited: &Edited<T>) -> Response {
    noted(StatusCode::NO_CONTENT.into_response(), edited)
}

/// The answer to an edit, with what became of it.
pub(super) fn noted<T>(mut response: Response, edited: &Edited<T>) -> Response {
    let headers = response.headers_mut();
    headers.insert(PURGE, HeaderValue::from_static(edited.purged.as_str()));
    // Digits are a header's value.
    let change = edited.change.map(|seq| seq.to_string());
    let change = change.and_then(|seq| HeaderValue::try_from(seq).ok());
    headers.extend(change.map(|seq| (CHANGE, seq)));
    response
}

fn json_of<T: Shown>(record: &T) -> Result<Value, ApiError> {
    record.shown().map_err(|error| {
        tracing::error!(%error, "a record cannot be shown");
        ApiError::Internal
    })
}

fn with<T: Serialize>(fields: &T, own: Value) -> Result<Value, serde_json::Error> {
    let mut shown = serde_json::to_value(fields)?;
    if let (Value::Object(shown), Value::Object(own)) = (&mut shown, own) {
        shown.extend(own);
    }
    Ok(shown)
}
