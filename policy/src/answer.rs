//! The origin's answer: what of it may be believed, cached and shown.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use thiserror::Error;

use crate::{
    compiled::compile,
    entry::{Entry, EntryKind},
    route::{VideoRequest, VideoSelector},
    rules::{LayerKind, Rules},
    surrogate_key::{InvalidSurrogateKey, SurrogateKeySet},
    wire::InvalidRules,
};

/// An origin's answer that passed every check, and how to cache it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What is cached.
    pub entry: Entry,
    /// The labels it can be purged by.
    pub surrogate_keys: SurrogateKeySet,
    /// How long it stays fresh.
    pub max_age: Duration,
}

/// Limits on an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest body, in bytes.
    pub body: usize,
    /// The largest rules text of one layer, in bytes.
    pub rules: usize,
}

/// The origin's answer cannot be trusted. Nothing of it is cached or shown.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidAnswer {
    /// A status the contract does not know.
    #[error("the origin answered with status {0}")]
    Status(u16),
    /// A 403 or 404 that does not say which error it is.
    #[error("the origin's error has an unknown code")]
    Error,
    /// Not JSON, or cut short.
    #[error("the body is not a JSON object of a video")]
    Body,
    /// Another video, or another account's.
    #[error("the body is about another video than was asked for")]
    OtherVideo,
    /// More than may be.
    #[error("the {0} is too large")]
    TooLarge(&'static str),
    /// A header that must be there exactly once.
    #[error("the header `{0}` is missing, there twice, or not text")]
    Header(&'static str),
    /// Rules that do not parse.
    #[error("the {layer} rules cannot be read: {source}: `{text}`")]
    Rules {
        /// Whose rules.
        layer: LayerKind,
        /// The header's text.
        text: String,
        /// What is wrong with it.
        source: InvalidRules,
    },
    /// Labels that could not be purged by.
    #[error("bad `surrogate-key`: {0}")]
    SurrogateKeys(#[from] InvalidSurrogateKey),
}

impl Limits {
    /// What the edge accepts: a video's answer has some kilobytes, a header at most 128 KB on the
    /// platform.
    pub const EDGE: Self = Self {
        body: 2 * 1024 * 1024,
        rules: 128 * 1024,
    };
}

/// A year: "forever", since purges end it.
const FOREVER: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// Layers an origin must send with every video: one that is lost on the way is then noticed.
const REQUIRED: [LayerKind; 2] = [LayerKind::Account, LayerKind::Video];
const OPTIONAL: [LayerKind; 1] = [LayerKind::Right];

#[derive(Deserialize)]
struct VideoBody {
    id: String,
    account_id: String,
    reference_id: Option<String>,
}

#[derive(Deserialize)]
struct ErrorBody {
    error_code: String,
}

impl Answer {
    /// Checks an origin's answer to a request.
    ///
    /// # Errors
    ///
    /// [`InvalidAnswer`], whenever anything is not as the contract says. Unknown means deny.
    ///
    /// # Source
    ///
    /// ARCHITECTURE.md, "Origin and edge".
    pub fn check(
        request: &VideoRequest,
        status: StatusCode,
        headers: &HeaderMap,
        body: Vec<u8>,
        limits: Limits,
    ) -> Result<Self, InvalidAnswer> {
        if body.len() > limits.body {
            return Err(InvalidAnswer::TooLarge("body"));
        }
        let entry = match status {
            StatusCode::OK => video(request, headers, body, limits)?,
            StatusCode::NOT_FOUND | StatusCode::FORBIDDEN => error(status, &body)?,
            other => return Err(InvalidAnswer::Status(other.as_u16())),
        };
        let surrogate_keys: SurrogateKeySet = once(headers, "surrogate-key")?.parse()?;
        Ok(Self {
            entry,
            surrogate_keys: surrogate_keys.with(request.surrogate_keys())?,
            max_age: max_age(headers)?,
        })
    }
}

fn video(
    request: &VideoRequest,
    headers: &HeaderMap,
    body: Vec<u8>,
    limits: Limits,
) -> Result<Entry, InvalidAnswer> {
    let video: VideoBody = serde_json::from_slice(&body).map_err(|_| InvalidAnswer::Body)?;
    let is_asked = match &request.video {
        VideoSelector::Id(id) => video.id == id.as_str(),
        VideoSelector::Reference(reference) => {
            video.reference_id.as_deref() == Some(reference.as_str())
        }
    };
    if !is_asked || video.account_id != request.account.as_str() {
        return Err(InvalidAnswer::OtherVideo);
    }
    let mut layers = Vec::new();
    for layer in REQUIRED {
        let text = once(headers, layer.header_name())?;
        layers.push((layer, rules(layer, text, limits)?));
    }
    for layer in OPTIONAL {
        if headers.contains_key(layer.header_name()) {
            let text = once(headers, layer.header_name())?;
            layers.push((layer, rules(layer, text, limits)?));
        }
    }
    let layers: Vec<_> = layers.iter().map(|(kind, rules)| (*kind, rules)).collect();
    Ok(Entry {
        kind: EntryKind::Video,
        etag: etag(headers)?,
        rules: compile(&layers),
        body,
    })
}

fn rules(layer: LayerKind, text: &str, limits: Limits) -> Result<Rules, InvalidAnswer> {
    // A dictionary without members is valid, but also what is left of one that was lost on the way.
    if text.trim().is_empty() {
        return Err(InvalidAnswer::Header(layer.header_name()));
    }
    if text.len() > limits.rules {
        return Err(InvalidAnswer::TooLarge("rules header"));
    }
    text.parse().map_err(|source| InvalidAnswer::Rules {
        layer,
        text: text.chars().take(512).collect(),
        source,
    })
}

/// A known error. A 403 without the contract's code may come from anything between us and the
/// origin, and must not be cached as if it were about the video.
fn error(status: StatusCode, body: &[u8]) -> Result<Entry, InvalidAnswer> {
    let [error]: [ErrorBody; 1] = serde_json::from_slice(body).map_err(|_| InvalidAnswer::Error)?;
    let kind = match (status, error.error_code.as_str()) {
        (StatusCode::NOT_FOUND, "VIDEO_NOT_FOUND") => EntryKind::VideoNotFound,
        (StatusCode::NOT_FOUND, "ACCOUNT_NOT_FOUND") => EntryKind::AccountNotFound,
        (StatusCode::FORBIDDEN, "VIDEO_NOT_PLAYABLE") => EntryKind::VideoNotPlayable,
        _ => return Err(InvalidAnswer::Error),
    };
    Ok(Entry {
        kind,
        etag: String::new(),
        rules: Vec::new(),
        body: Vec::new(),
    })
}

/// The text of a header that must be there exactly once.
fn once<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, InvalidAnswer> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().map_err(|_| InvalidAnswer::Header(name)),
        _ => Err(InvalidAnswer::Header(name)),
    }
}

fn etag(headers: &HeaderMap) -> Result<String, InvalidAnswer> {
    if !headers.contains_key("etag") {
        return Ok(String::new());
    }
    let etag = once(headers, "etag")?;
    let is_tag =
        etag.len() <= 255 && etag.trim_start_matches("W/").starts_with('"') && etag.ends_with('"');
    if is_tag {
        Ok(etag.to_owned())
    } else {
        Err(InvalidAnswer::Header("etag"))
    }
}

/// `Surrogate-Control: max-age=N` may shorten the life of an answer.
fn max_age(headers: &HeaderMap) -> Result<Duration, InvalidAnswer> {
    const NAME: &str = "surrogate-control";
    if !headers.contains_key(NAME) {
        return Ok(FOREVER);
    }
    let directives = once(headers, NAME)?.split(',').map(str::trim);
    let seconds = directives
        .filter_map(|directive| directive.split_once('='))
        .find_map(|(name, value)| {
            name.eq_ignore_ascii_case("max-age")
                .then(|| value.parse::<u64>())
        });
    match seconds {
        Some(Ok(seconds)) => Ok(Duration::from_secs(seconds).min(FOREVER)),
        Some(Err(_)) | None => Err(InvalidAnswer::Header(NAME)),
    }
}

#[cfg(test)]
mod tests;
