//! The cached entry: what the edge keeps of an origin's answer, written once, read millions of
//! times.
//!
//! ```text
//! metadata = magic "PE" · format u16 · kind u8 · etag length u8 · etag
//!            · in front u8 · the lengths u32 of the plan's parts · plan, unless in front
//! object   = plan, if in front · body
//! plan     = rules · layout · token section
//! ```
//!
//! The plan comes with the metadata, so that a refusal never touches the body; a large one goes in
//! front of the body, since how much metadata the platform keeps is not documented.

mod token_section;

use thiserror::Error;

pub use token_section::TokenSection;

use crate::{
    compiled::{Compiled, InvalidCompiled},
    layout::Layout,
    playback_error::PlaybackError,
};

/// The version of this format. It is part of every cache key and of every entry.
pub(crate) const FORMAT: u16 = 3;

const MAGIC: [u8; 2] = *b"PE";
/// Rules, layout, token section.
const PARTS: usize = 3;

/// A larger plan goes in front of the body.
const MAX_PLAN_IN_METADATA: usize = 8 * 1024;

/// What the answer says, apart from its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum EntryKind {
    /// A video, with rules to judge each viewer by.
    Video,
    /// A list of videos, each with rules of its own.
    List,
    /// The address of a rendition or picture: the body is a URL.
    Location,
    /// No such video.
    VideoNotFound,
    /// No such playlist.
    PlaylistNotFound,
    /// The video has no such rendition or picture.
    ResourceNotFound,
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
    /// The body's validator, without quotes; empty if there is none. At most 255 bytes.
    pub etag: String,
    /// The compiled rules of the whole answer.
    pub rules: Vec<u8>,
    /// Where the body is cut; empty where it is not.
    pub layout: Vec<u8>,
    /// What viewer tokens are held against, as a [`TokenSection`]; empty where the
    /// account has no keys.
    pub tokens: Vec<u8>,
    /// What viewers get; empty for an error.
    pub body: Vec<u8>,
}

/// The metadata of a cached entry, read in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryHead<'a> {
    /// What the entry says.
    pub kind: EntryKind,
    /// The body's validator, without quotes; empty if there is none.
    pub etag: &'a str,
    /// How many bytes of the plan stand in front of the body.
    pub front_len: usize,
    /// The lengths of the plan's parts.
    parts: [usize; PARTS],
    plan: &'a [u8],
}

/// How a cached body is judged and delivered.
#[derive(Clone, Debug)]
pub struct Plan<'a> {
    /// The rules of the whole answer.
    pub rules: Compiled<'a>,
    /// Its items and URLs.
    pub layout: Layout<'a>,
    /// What viewer tokens are held against; nothing where the account has no keys.
    pub tokens: Option<TokenSection<'a>>,
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
    const ALL: [Self; 8] = [
        Self::Video,
        Self::List,
        Self::Location,
        Self::VideoNotFound,
        Self::PlaylistNotFound,
        Self::ResourceNotFound,
        Self::AccountNotFound,
        Self::VideoNotPlayable,
    ];

    /// The kind's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::List => "list",
            Self::Location => "location",
            Self::VideoNotFound => "video-not-found",
            Self::PlaylistNotFound => "playlist-not-found",
            Self::ResourceNotFound => "resource-not-found",
            Self::AccountNotFound => "account-not-found",
            Self::VideoNotPlayable => "video-not-playable",
        }
    }

    /// The error that this kind of entry is, if it is one.
    #[must_use]
    pub fn error(self) -> Option<PlaybackError> {
        match self {
            Self::Video | Self::List | Self::Location => None,
            Self::VideoNotFound => Some(PlaybackError::VideoNotFound),
            Self::PlaylistNotFound => Some(PlaybackError::PlaylistNotFound),
            Self::ResourceNotFound => Some(PlaybackError::ResourceNotFound),
            Self::AccountNotFound => Some(PlaybackError::AccountNotFound),
            Self::VideoNotPlayable => Some(PlaybackError::VideoNotPlayable),
        }
    }
}

impl Entry {
    /// The plan, where it stands in front of the body; empty where it fits the metadata.
    #[must_use]
    pub fn front(&self) -> Vec<u8> {
        let plan = self.parts().concat();
        if plan.len() > MAX_PLAN_IN_METADATA {
            plan
        } else {
            Vec::new()
        }
    }

    fn parts(&self) -> [&[u8]; PARTS] {
        [&self.rules, &self.layout, &self.tokens]
    }

    /// The metadata the entry is cached with.
    #[must_use]
    pub fn metadata(&self) -> Vec<u8> {
        let etag = if self.etag.len() <= usize::from(u8::MAX) {
            self.etag.as_str()
        } else {
            ""
        };
        let parts = self.parts();
        let is_in_front = parts.map(<[u8]>::len).iter().sum::<usize>() > MAX_PLAN_IN_METADATA;
        let mut bytes = Vec::with_capacity(MAX_PLAN_IN_METADATA);
        bytes.extend(MAGIC);
        bytes.extend(FORMAT.to_le_bytes());
        bytes.push(self.kind as u8);
        bytes.push(u8::try_from(etag.len()).unwrap_or_default());
        bytes.extend(etag.as_bytes());
        bytes.push(u8::from(is_in_front));
        for part in parts {
            bytes.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_le_bytes());
        }
        if !is_in_front {
            bytes.extend(parts.concat());
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
        let (&is_in_front, rest) = rest.split_first().ok_or(InvalidEntry::Length)?;
        let mut parts = [0; PARTS];
        let mut plan = rest;
        for part in &mut parts {
            (*part, plan) = length(plan)?;
        }
        let sum = |sum: usize, part: &usize| sum.checked_add(*part);
        let plan_len = parts.iter().try_fold(0, sum).ok_or(InvalidEntry::Length)?;
        let front_len = match is_in_front {
            0 if plan.len() == plan_len => 0,
            1 if plan.is_empty() => plan_len,
            _ => return Err(InvalidEntry::Length),
        };
        Ok(Self {
            kind,
            etag: std::str::from_utf8(etag).map_err(|_| InvalidEntry::Format)?,
            front_len,
            parts,
            plan,
        })
    }

    /// The plan, given the bytes in front of the body (exactly [`Self::front_len`] of them).
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn plan(&self, front: &'a [u8]) -> Result<Plan<'a>, InvalidEntry> {
        if front.len() != self.front_len {
            return Err(InvalidEntry::Length);
        }
        let plan = if self.front_len > 0 { front } else { self.plan };
        let [rules_len, layout_len, _] = self.parts;
        let (rules, rest) = split(plan, rules_len)?;
        let (layout, tokens) = split(rest, layout_len)?;
        Ok(Plan {
            rules: Compiled::read(rules)?,
            layout: Layout::read(layout)?,
            tokens: TokenSection::read(tokens).ok_or(InvalidEntry::Format)?,
        })
    }
}

fn length(bytes: &[u8]) -> Result<(usize, &[u8]), InvalidEntry> {
    let (len, rest) = bytes.split_first_chunk::<4>().ok_or(InvalidEntry::Length)?;
    let len = usize::try_from(u32::from_le_bytes(*len)).map_err(|_| InvalidEntry::Length)?;
    Ok((len, rest))
}

fn split(bytes: &[u8], at: usize) -> Result<(&[u8], &[u8]), InvalidEntry> {
    bytes.split_at_checked(at).ok_or(InvalidEntry::Length)
}

#[cfg(test)]
mod tests;
