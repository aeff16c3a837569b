//! The origin's answer: what of it may be believed, cached and shown.

mod rules;

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use serde::{Deserialize, de::IgnoredAny};
use thiserror::Error;

use crate::{
    cut::{InvalidItem, cut_list, cut_location, cut_video},
    entry::{Entry, EntryKind, TokenSection},
    hex::Hex,
    route::{PlaybackRequest, PlaylistSelector, Resource, VideoSelector},
    rules::LayerKind,
    surrogate_key::{InvalidSurrogateKey, SurrogateKeySet},
    token::{AccountKeys, InvalidAccountKeys},
    url_signing::{InvalidUrlSigning, UrlSigning},
    wire::InvalidRules,
};

pub use rules::AnswerRules;

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

/// Who lays the policy key's rules over an answer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlay {
    /// The edge, at every request: one entry serves every key.
    Edge,
    /// The origin, which was told the key: the answer is that key's alone.
    Origin,
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
    #[error("the body is not the JSON object that was asked for")]
    Body,
    /// Another video or playlist, or another account's.
    #[error("the body is about something else than was asked for")]
    OtherResource,
    /// An item of a list that has no rules, or a layer that nobody has.
    #[error("an item of the list has no `$rules`, or others than `video` and `right`")]
    ItemWithoutRules,
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
    /// A way of signing that does not parse.
    #[error("bad `playback-url-signing`: {0}")]
    UrlSigning(#[from] InvalidUrlSigning),
    /// Keys of the account that cannot be read.
    #[error("bad `playback-account-keys`: {0}")]
    AccountKeys(#[from] InvalidAccountKeys),
    /// Labels that could not be purged by.
    #[error("bad `surrogate-key`: {0}")]
    SurrogateKeys(#[from] InvalidSurrogateKey),
}

impl Limits {
    /// What the edge accepts: a video's answer has some kilobytes, a list's a hundred times that; a
    /// header has at most 128 KB on the platform.
    pub const EDGE: Self = Self {
        body: 8 * 1024 * 1024,
        rules: 128 * 1024,
    };
}

/// A year: "forever", since purges end it.
const FOREVER: Duration = Duration::from_secs(365 * 24 * 60 * 60);
const A_MINUTE: Duration = Duration::from_secs(60);
const ACCOUNT_KEYS: &str = "playback-account-keys";
const URL_SIGNING: &str = "playback-url-signing";

#[derive(Deserialize)]
struct Identity {
    id: String,
    account_id: String,
    reference_id: Option<String>,
    tags: Option<Vec<String>>,
    /// Rules in a place where nobody looks for them would be shown instead of applied.
    #[serde(rename = "$rules")]
    rules: Option<IgnoredAny>,
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
        request: &PlaybackRequest,
        overlay: Overlay,
        status: StatusCode,
        headers: &HeaderMap,
        body: Vec<u8>,
        limits: Limits,
    ) -> Result<Self, InvalidAnswer> {
        if body.len() > limits.body {
            return Err(InvalidAnswer::TooLarge("body"));
        }
        let entry = match status {
            StatusCode::OK => found(request, overlay, headers, body, limits)?,
            StatusCode::NOT_FOUND | StatusCode::FORBIDDEN => Entry {
                tokens: tokens(request, None, headers)?,
                ..error(status, &body)?
            },
            other => return Err(InvalidAnswer::Status(other.as_u16())),
        };
        let surrogate_keys: SurrogateKeySet = once(headers, "surrogate-key")?.parse()?;
        Ok(Self {
            entry,
            surrogate_keys: surrogate_keys.with(request.surrogate_keys())?,
            max_age: max_age(headers)?.min(longest(request)),
        })
    }
}

fn found(
    request: &PlaybackRequest,
    overlay: Overlay,
    headers: &HeaderMap,
    body: Vec<u8>,
    limits: Limits,
) -> Result<Entry, InvalidAnswer> {
    let identity = identity(request, &body)?;
    let signing: Option<UrlSigning> = match headers.contains_key(URL_SIGNING) {
        true => Some(once(headers, URL_SIGNING)?.parse()?),
        false => None,
    };
    let rules = match &request.resource {
        Resource::Video(_) | Resource::Static(..) => {
            AnswerRules::of_video(overlay, headers, limits)?
        }
        Resource::Related(..) | Resource::Search(_) | Resource::Playlist(..) => {
            AnswerRules::of_list(overlay, headers, limits)?
        }
    };
    let etag = match etag(headers)? {
        tag if tag.is_empty() => Hex::sha256(&[&body]).to_string(),
        tag => tag,
    };
    let (kind, cut) = match &request.resource {
        Resource::Video(_) => (EntryKind::Video, cut_video(body, signing.as_ref())),
        Resource::Static(..) => (EntryKind::Location, cut_location(&body, signing.as_ref())),
        Resource::Related(..) | Resource::Search(_) | Resource::Playlist(..) => {
            let cut = cut_list(&body, &request.account, signing.as_ref())?;
            (EntryKind::List, Some(cut))
        }
    };
    let cut = cut.ok_or(InvalidAnswer::Body)?;
    Ok(Entry {
        kind,
        etag,
        rules: rules.compile(),
        layout: cut.layout,
        tokens: tokens(request, identity.as_ref(), headers)?,
        body: cut.body,
    })
}

/// An answer about something else would be shown to viewers of what was asked for, under rules that
/// are not its own.
fn identity(request: &PlaybackRequest, body: &[u8]) -> Result<Option<Identity>, InvalidAnswer> {
    let (id, reference) = match &request.resource {
        // Their items are checked one by one.
        Resource::Search(_) | Resource::Related(..) => return Ok(None),
        Resource::Video(video) | Resource::Static(video, _) => match video {
            VideoSelector::Id(id) => (Some(id.as_str()), None),
            VideoSelector::Reference(reference) => (None, Some(reference.as_str())),
        },
        Resource::Playlist(playlist, _) => match playlist {
            PlaylistSelector::Id(id) => (Some(id.as_str()), None),
            PlaylistSelector::Reference(reference) => (None, Some(reference.as_str())),
        },
    };
    let found: Identity = serde_json::from_slice(body).map_err(|_| InvalidAnswer::Body)?;
    if found.rules.is_some() {
        return Err(InvalidAnswer::Body);
    }
    let is_asked = id.is_none_or(|id| found.id == id)
        && reference.is_none_or(|reference| found.reference_id.as_deref() == Some(reference))
        && found.account_id == request.account.as_str();
    is_asked
        .then_some(Some(found))
        .ok_or(InvalidAnswer::OtherResource)
}

/// What viewer tokens are held against, where the account has keys. A token that names videos opens
/// no list.
fn tokens(
    request: &PlaybackRequest,
    identity: Option<&Identity>,
    headers: &HeaderMap,
) -> Result<Vec<u8>, InvalidAnswer> {
    if !headers.contains_key(ACCOUNT_KEYS) {
        return Ok(Vec::new());
    }
    let keys: AccountKeys = once(headers, ACCOUNT_KEYS)?.parse()?;
    keys.check()?;
    let video = match request.resource {
        Resource::Video(_) | Resource::Static(..) => identity,
        Resource::Related(..) | Resource::Search(_) | Resource::Playlist(..) => None,
    };
    let id = video.map(|video| video.id.as_str());
    let tags = video.and_then(|video| video.tags.as_deref());
    Ok(TokenSection::to_bytes(&keys, id, tags.unwrap_or_default()))
}

impl From<InvalidItem> for InvalidAnswer {
    fn from(invalid: InvalidItem) -> Self {
        match invalid {
            InvalidItem::Body => Self::Body,
            InvalidItem::OtherAccount => Self::OtherResource,
            InvalidItem::NoRules => Self::ItemWithoutRules,
            InvalidItem::Rules {
                layer,
                text,
                source,
            } => Self::Rules {
                layer,
                text: text.chars().take(512).collect(),
                source,
            },
        }
    }
}

/// A known error. A 403 without the contract's code may come from anything between us and the
/// origin, and must not be cached as if it were about the video.
fn error(status: StatusCode, body: &[u8]) -> Result<Entry, InvalidAnswer> {
    let [error]: [ErrorBody; 1] = serde_json::from_slice(body).map_err(|_| InvalidAnswer::Error)?;
    let kind = match (status, error.error_code.as_str()) {
        (StatusCode::NOT_FOUND, "VIDEO_NOT_FOUND") => EntryKind::VideoNotFound,
        (StatusCode::NOT_FOUND, "PLAYLIST_NOT_FOUND") => EntryKind::PlaylistNotFound,
        (StatusCode::NOT_FOUND, "RESOURCE_NOT_FOUND") => EntryKind::ResourceNotFound,
        (StatusCode::NOT_FOUND, "ACCOUNT_NOT_FOUND") => EntryKind::AccountNotFound,
        (StatusCode::FORBIDDEN, "VIDEO_NOT_PLAYABLE") => EntryKind::VideoNotPlayable,
        _ => return Err(InvalidAnswer::Error),
    };
    Ok(Entry {
        kind,
        etag: String::new(),
        rules: Vec::new(),
        layout: Vec::new(),
        tokens: Vec::new(),
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

/// The opaque part of the validator. Whether it is weak is the edge's to say.
///
/// # Source
///
/// RFC 9110 §8.8.3.
fn etag(headers: &HeaderMap) -> Result<String, InvalidAnswer> {
    if !headers.contains_key("etag") {
        return Ok(String::new());
    }
    let etag = once(headers, "etag")?;
    let quoted = etag.strip_prefix("W/").unwrap_or(etag);
    let opaque = quoted
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    opaque
        .filter(|tag| {
            tag.len() <= 128
                && tag
                    .bytes()
                    .all(|b| b.is_ascii_graphic() && !b"\",".contains(&b))
        })
        .map(str::to_owned)
        .ok_or(InvalidAnswer::Header("etag"))
}

/// A search with dates that move changes its answer with the clock, and no purge tells.
fn longest(request: &PlaybackRequest) -> Duration {
    match &request.resource {
        Resource::Search(search) if search.query.is_relative() => A_MINUTE,
        _ => FOREVER,
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
