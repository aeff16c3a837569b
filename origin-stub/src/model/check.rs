//! The limits that types alone cannot express, and the error that names the member beyond one.

use thiserror::Error;
use url::Url;

/// A member of a document holds what it may not hold.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{path}`: {reason}")]
pub(crate) struct InvalidField {
    /// Where in the document, such as `sources[0].src`.
    pub(crate) path: String,
    /// What is wrong and what was expected.
    pub(crate) reason: String,
}

impl InvalidField {
    pub(crate) fn new(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            reason: reason.into(),
        }
    }
}

/// A text of `min` to `max` characters without control characters, line breaks apart.
pub(crate) fn text(path: &str, value: &str, min: usize, max: usize) -> Result<(), InvalidField> {
    let length = value.chars().count();
    if length < min || length > max {
        let reason = format!("expected {min} to {max} characters, found {length}");
        return Err(InvalidField::new(path, reason));
    }
    let is_forbidden = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    match value.chars().find(|&c| is_forbidden(c)) {
        Some(c) => {
            let reason = format!("found the control character U+{:04X}", u32::from(c));
            Err(InvalidField::new(path, reason))
        }
        None => Ok(()),
    }
}

/// [`text()`], where there may be none.
pub(crate) fn optional_text(
    path: &str,
    value: Option<&str>,
    max: usize,
) -> Result<(), InvalidField> {
    value.map_or(Ok(()), |value| text(path, value, 0, max))
}

/// At most `max` items.
pub(crate) fn count(path: &str, found: usize, max: usize) -> Result<(), InvalidField> {
    if found <= max {
        return Ok(());
    }
    Err(InvalidField::new(
        path,
        format!("expected at most {max} items, found {found}"),
    ))
}

/// An absolute `http` or `https` URL with a host, written as it goes over the wire: players take it
/// as it stands, resolve no relative one, and repair less than the standard's parser does.
pub(crate) fn url(path: &str, value: &str) -> Result<(), InvalidField> {
    text(path, value, 1, 2048)?;
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !br#"\"<>^`{|}"#.contains(&byte);
    let has_scheme = value.starts_with("https://") || value.starts_with("http://");
    if has_scheme
        && value.bytes().all(is_plain)
        && Url::parse(value).is_ok_and(|url| url.has_host())
    {
        return Ok(());
    }
    Err(InvalidField::new(
        path,
        "expected an absolute `http` or `https` URL with a host",
    ))
}

/// [`url()`], where there may be none.
pub(crate) fn optional_url(path: &str, value: Option<&str>) -> Result<(), InvalidField> {
    value.map_or(Ok(()), |value| url(path, value))
}
