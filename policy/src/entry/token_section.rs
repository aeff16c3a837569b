//! What viewer tokens are held against: the account's keys, and the video's id and tags.
//!
//! ```text
//! section = text, the keys' header · text, the id · text of each tag
//! text    = length u16 · bytes
//! ```
//!
//! It is read only where a token has to be verified, so the keys stay the text they came as.

use crate::token::{AccountKeys, TokenVideo};

/// The keys and the video, in the cached bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenSection<'a> {
    keys: &'a str,
    id: &'a str,
    tags: Vec<&'a str>,
}

impl<'a> TokenSection<'a> {
    /// Writes the keys of an account and, where the answer is about one, the video.
    #[must_use]
    pub(crate) fn to_bytes(keys: &AccountKeys, id: Option<&str>, tags: &[String]) -> Vec<u8> {
        let mut bytes = Vec::new();
        text(&mut bytes, &keys.to_string());
        text(&mut bytes, id.unwrap_or_default());
        for tag in tags {
            text(&mut bytes, tag);
        }
        bytes
    }

    /// Reads a section; no bytes are none.
    pub(super) fn read(mut bytes: &'a [u8]) -> Option<Option<Self>> {
        if bytes.is_empty() {
            return Some(None);
        }
        let (keys, id) = (take(&mut bytes)?, take(&mut bytes)?);
        let mut tags = Vec::new();
        while !bytes.is_empty() {
            tags.push(take(&mut bytes)?);
        }
        Some(Some(Self { keys, id, tags }))
    }

    /// The account's keys. They were valid when they were stored; without any, no token is.
    #[must_use]
    pub fn keys(&self) -> AccountKeys {
        self.keys.parse().unwrap_or_default()
    }

    /// The video, where the answer is about one.
    #[must_use]
    pub fn video(&self) -> Option<TokenVideo<'_>> {
        let is_one = !self.id.is_empty();
        is_one.then_some(TokenVideo {
            id: self.id,
            tags: &self.tags,
        })
    }
}

fn text(bytes: &mut Vec<u8>, text: &str) {
    // Longer than any of these can be: keys have a limit, ids and tags are checked by the origin. One
    // that were could not be read back, and the entry were a miss.
    bytes.extend(u16::try_from(text.len()).unwrap_or(u16::MAX).to_le_bytes());
    bytes.extend(text.as_bytes());
}

fn take<'a>(bytes: &mut &'a [u8]) -> Option<&'a str> {
    let (len, rest) = bytes.split_first_chunk::<2>()?;
    let (text, rest) = rest.split_at_checked(u16::from_le_bytes(*len).into())?;
    *bytes = rest;
    std::str::from_utf8(text).ok()
}
