//! The cached entry: what the edge keeps of an origin's answer, written once, read millions of
//! times.
//!
//! ```text
//! metadata = magic "PE" · format u16 · kind u8 · etag length u8 · etag
//!            · front length u32 · rules, unless they are in front of the body
//! object   = front (the rules, when they are large) · body
//! ```
//!
//! The rules come with the metadata, so that a refusal never touches the body; large ones go in
//! front of the body, since how much metadata the platform keeps is not documented.

use thiserror::Error;

use crate::{
    compiled::{Compiled, InvalidCompiled},
    playback_error::PlaybackError,
};

/// The version of this format. It is part of every cache key and of every entry.
pub(crate) const FORMAT: u16 = 1;

const MAGIC: [u8; 2] = *b"PE";
/// Larger rules go in front of the body.
const MAX_RULES_IN_METADATA: usize = 8 * 1024;

/// What the answer says, apart from its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum EntryKind {
    /// A video, with rules to judge each viewer by.
    Video,
    /// No such video.
    VideoNotFound,
    /// No such account.
    AccountNotFound,
    /// A video that nobody may play now.
    VideoNotPlayable,
}

/// An answer, ready to be cached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it says.
    pub kind: EntryKind,
    /// The body's validator, quoted; empty if there is none. At most 255 bytes.
    pub etag: String,
    /// The compiled rules.
    pub rules: Vec<u8>,
    /// The JSON for the viewer; empty unless it is a video.
    pub body: Vec<u8>,
}

/// The metadata of a cached entry, read in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryHead<'a> {
    /// What the entry says.
    pub kind: EntryKind,
    /// The body's validator, quoted; empty if there is none.
    pub etag: &'a str,
    /// How many bytes of rules stand in front of the body.
    pub front_len: usize,
    rules: &'a [u8],
}

/// The bytes are no entry of this version. It is treated as a miss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidEntry {
    /// Not an entry, or another version's.
    #[error("not an entry of this version")]
    Format,
    /// Cut short or too long.
    #[error("an entry of the wrong length")]
    Length,
    /// The rules cannot be read.
    #[error(transparent)]
    Rules(#[from] InvalidCompiled),
}

impl EntryKind {
    const ALL: [Self; 4] = [
        Self::Video,
        Self::VideoNotFound,
        Self::AccountNotFound,
        Self::VideoNotPlayable,
    ];

    /// The error that this kind of entry is, if it is one.
    #[must_use]
    pub fn error(self) -> Option<PlaybackError> {
        match self {
            Self::Video => None,
            Self::VideoNotFound => Some(PlaybackError::VideoNotFound),
            Self::AccountNotFound => Some(PlaybackError::AccountNotFound),
            Self::VideoNotPlayable => Some(PlaybackError::VideoNotPlayable),
        }
    }
}

impl Entry {
    /// The rules that stand in front of the body; empty when they fit the metadata.
    #[must_use]
    pub fn front(&self) -> &[u8] {
        if self.rules.len() > MAX_RULES_IN_METADATA {
            &self.rules
        } else {
            &[]
        }
    }

    /// The metadata the entry is cached with.
    #[must_use]
    pub fn metadata(&self) -> Vec<u8> {
        let front_len = self.front().len();
        let etag = if self.etag.len() <= usize::from(u8::MAX) {
            self.etag.as_str()
        } else {
            ""
        };
        let mut bytes = Vec::with_capacity(16 + etag.len() + self.rules.len());
        bytes.extend(MAGIC);
        bytes.extend(FORMAT.to_le_bytes());
        bytes.push(self.kind as u8);
        bytes.push(u8::try_from(etag.len()).unwrap_or_default());
        bytes.extend(etag.as_bytes());
        bytes.extend(u32::try_from(front_len).unwrap_or(u32::MAX).to_le_bytes());
        if front_len == 0 {
            bytes.extend(&self.rules);
        }
        bytes
    }
}

impl<'a> EntryHead<'a> {
    /// Reads an entry's metadata.
    ///
    /// # Errors
    ///
    /// When it is not one of this version.
    pub fn read(metadata: &'a [u8]) -> Result<Self, InvalidEntry> {
        let (magic, rest) = split(metadata, 2)?;
        let (format, rest) = split(rest, 2)?;
        if magic != MAGIC || format != FORMAT.to_le_bytes() {
            return Err(InvalidEntry::Format);
        }
        let (&kind, rest) = rest.split_first().ok_or(InvalidEntry::Length)?;
        let kind = *EntryKind::ALL
            .get(usize::from(kind))
            .ok_or(InvalidEntry::Format)?;
        let (&etag_len, rest) = rest.split_first().ok_or(InvalidEntry::Length)?;
        let (etag, rest) = split(rest, usize::from(etag_len))?;
        let (front_len, rules) = split(rest, 4)?;
        let front_len = front_len.try_into().map(u32::from_le_bytes);
        Ok(Self {
            kind,
            etag: std::str::from_utf8(etag).map_err(|_| InvalidEntry::Format)?,
            front_len: front_len
                .ok()
                .and_then(|len| usize::try_from(len).ok())
                .ok_or(InvalidEntry::Length)?,
            rules,
        })
    }

    /// The rules, given the bytes in front of the body (exactly [`Self::front_len`] of them).
    ///
    /// # Errors
    ///
    /// When they cannot be read.
    pub fn rules(&self, front: &'a [u8]) -> Result<Compiled<'a>, InvalidEntry> {
        if front.len() != self.front_len || (self.front_len > 0 && !self.rules.is_empty()) {
            return Err(InvalidEntry::Length);
        }
        let rules = if self.front_len > 0 {
            front
        } else {
            self.rules
        };
        Ok(Compiled::read(rules)?)
    }
}

fn split(bytes: &[u8], at: usize) -> Result<(&[u8], &[u8]), InvalidEntry> {
    bytes.split_at_checked(at).ok_or(InvalidEntry::Length)
}

#[cfg(test)]
mod tests;
