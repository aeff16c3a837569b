//! What a request asks for, and the key its answer is cached under.

use std::fmt::{self, Write};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use thiserror::Error;

use crate::{
    id::{AccountId, ReferenceId, VideoId},
    surrogate_key::SurrogateKey,
};

/// What a path and its query ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// `/healthz`: whether the program runs.
    Health,
    /// One video.
    Video(VideoRequest),
}

/// `/playback/v1/accounts/{account}/videos/{id or ref:reference}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VideoRequest {
    /// The account asked.
    pub account: AccountId,
    /// The video asked for.
    pub video: VideoSelector,
    /// `ad_config_id`: the answer's sources get server-side ad insertion.
    pub ad_config_id: Option<String>,
    /// `config_id`: the delivery rule's action.
    pub config_id: Option<String>,
}

/// How a video is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VideoSelector {
    /// By its id.
    Id(VideoId),
    /// By its customer's reference: `ref:…`.
    Reference(ReferenceId),
}

/// What an answer is cached under, and what the origin is asked: the same text, so that no answer
/// can depend on anything that is not in its key.
///
/// Made of the format's version, the account, the video and the known parameters, sorted and
/// percent-encoded in one way. Never made of the credential, the viewer, or unknown parameters. At
/// most 4 KiB, the Core Cache's limit, by the limits on each part.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CacheKey(String);

/// The path and query ask for nothing we have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidRoute {
    /// No such path.
    #[error("no such resource")]
    Unknown,
    /// The path of a video whose id cannot be one.
    #[error("not the id of a video")]
    Video,
    /// A query parameter twice.
    #[error("a query parameter is there twice")]
    DuplicateParameters,
    /// A query parameter that cannot be read.
    #[error("a query parameter cannot be read")]
    Parameter,
}

const AD_CONFIG_ID: &str = "ad_config_id";
const CONFIG_ID: &str = "config_id";
const MAX_PARAMETER: usize = 256;
/// RFC 3986's unreserved characters stay as they are, all others are encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

// === impl Route ===

impl Route {
    /// Reads a path, percent-encoded as it came, and its query without the question mark.
    ///
    /// Each part is decoded once, and only then compared: `ref%3A` is `ref:`, and an encoded slash
    /// is part of a name, never a separator.
    ///
    /// # Errors
    ///
    /// [`InvalidRoute`].
    pub fn parse(path: &str, query: Option<&str>) -> Result<Self, InvalidRoute> {
        let parts: Vec<&str> = path.split('/').collect();
        match parts.as_slice() {
            ["", "healthz"] => Ok(Self::Health),
            ["", "playback", "v1", "accounts", account, "videos", video] => {
                let account = decode(account).ok_or(InvalidRoute::Unknown)?;
                let account = account.parse().map_err(|_| InvalidRoute::Unknown)?;
                let video = VideoSelector::parse(video).ok_or(InvalidRoute::Video)?;
                let (ad_config_id, config_id) = parameters(query.unwrap_or_default())?;
                Ok(Self::Video(VideoRequest {
                    account,
                    video,
                    ad_config_id,
                    config_id,
                }))
            }
            _ => Err(InvalidRoute::Unknown),
        }
    }
}

fn decode(part: &str) -> Option<String> {
    Some(percent_decode_str(part).decode_utf8().ok()?.into_owned())
}

/// The known parameters. A name that comes twice is an error whatever the name.
fn parameters(query: &str) -> Result<(Option<String>, Option<String>), InvalidRoute> {
    let (mut ad_config_id, mut config_id) = (None, None);
    let mut names = Vec::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        if names.contains(&name) {
            return Err(InvalidRoute::DuplicateParameters);
        }
        let is_text = || {
            value.len() <= MAX_PARAMETER
                && !value.contains(char::REPLACEMENT_CHARACTER)
                && !value.contains(char::is_control)
        };
        match name.as_ref() {
            AD_CONFIG_ID | CONFIG_ID if !is_text() => return Err(InvalidRoute::Parameter),
            AD_CONFIG_ID if !value.is_empty() => ad_config_id = Some(value.into_owned()),
            CONFIG_ID if !value.is_empty() => config_id = Some(value.into_owned()),
            _ => {}
        }
        names.push(name);
    }
    Ok((ad_config_id, config_id))
}

// === impl VideoSelector ===

impl VideoSelector {
    fn parse(part: &str) -> Option<Self> {
        let text = decode(part)?;
        match text.strip_prefix("ref:") {
            Some(reference) => reference.parse().ok().map(Self::Reference),
            None => text.parse().ok().map(Self::Id),
        }
    }
}

impl fmt::Display for VideoSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Reference(reference) => write!(f, "ref:{reference}"),
        }
    }
}

// === impl VideoRequest ===

impl VideoRequest {
    /// What the answer is cached under.
    #[must_use]
    pub fn cache_key(&self) -> CacheKey {
        let mut key = format!("/playback/v1/accounts/{}/videos/", self.account);
        let _infallible = match &self.video {
            VideoSelector::Id(id) => write!(key, "{id}"),
            VideoSelector::Reference(reference) => {
                write!(
                    key,
                    "ref:{}",
                    utf8_percent_encode(reference.as_str(), ENCODED)
                )
            }
        };
        // In the order of their names.
        let parameters = [
            (AD_CONFIG_ID, &self.ad_config_id),
            (CONFIG_ID, &self.config_id),
        ];
        let mut mark = '?';
        for (name, value) in parameters {
            if let Some(value) = value {
                let _infallible =
                    write!(key, "{mark}{name}={}", utf8_percent_encode(value, ENCODED));
                mark = '&';
            }
        }
        CacheKey(key)
    }

    /// The labels every answer to this request carries, also one about a video that does not exist:
    /// they follow from the request alone.
    #[must_use]
    pub fn surrogate_keys(&self) -> [SurrogateKey; 2] {
        let video = match &self.video {
            VideoSelector::Id(id) => SurrogateKey::video(id),
            VideoSelector::Reference(reference) => {
                SurrogateKey::reference(&self.account, reference)
            }
        };
        [SurrogateKey::account(&self.account), video]
    }
}

// === impl CacheKey ===

impl CacheKey {
    /// The bytes the Core Cache is asked with. They begin with the version of the entry's format,
    /// so that a new version of this program never reads an old version's entry.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        format!("v{}{}", crate::entry::FORMAT, self.0).into_bytes()
    }

    /// The path and query the origin is asked with.
    #[must_use]
    pub fn origin_target(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests;
