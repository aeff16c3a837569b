//! Reading other services' documents.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use thiserror::Error;

use super::NoEqual;

/// The document is not what the service documents.
#[derive(Debug, Error)]
#[error("`{path}`: {reason}")]
pub(crate) struct InvalidDocument {
    /// Where in it.
    pub(super) path: String,
    pub(super) reason: String,
}

impl InvalidDocument {
    pub(super) fn new(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            reason: reason.into(),
        }
    }
}

/// Reads a part of a document, which lies at `place`.
pub(super) fn read<T: DeserializeOwned>(value: &Value, place: &str) -> Result<T, InvalidDocument> {
    if !value.is_object() {
        return Err(InvalidDocument::new(place, "expected an object"));
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = match error.path().to_string() {
            path if path == "." => place.to_owned(),
            path => below(place, &path),
        };
        InvalidDocument::new(path, error.into_inner().to_string())
    })
}

/// A member's place.
pub(super) fn below(place: &str, member: &str) -> String {
    match place {
        "." => member.to_owned(),
        place => format!("{place}.{member}"),
    }
}

/// A report of each member that no type took.
pub(super) fn unknown(members: &Map<String, Value>, place: &str) -> Vec<NoEqual> {
    let names = members.keys();
    names
        .map(|name| NoEqual::unknown_member(below(place, name)))
        .collect()
}
