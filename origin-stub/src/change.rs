//! What the CMS changed, as its feed tells it: which object, in what respect, and in what order.
//!
//! `edits` says what an edit is a change of, `stale` what a change makes untrue at the edge.

mod edits;
mod stale;

use std::{fmt, str::FromStr};

use playback_policy::{AccountId, KeyId, PlaylistId, ReferenceId, VideoId};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::model::{IsoTime, RightId, text};

pub(crate) use edits::{Edits, of_account, of_policy_key, of_token_key};
pub(crate) use stale::stale;

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) account: AccountId,
    pub(crate) object: Object,
    pub(crate) kind: ChangeKind,
}

/// What was changed, and the names by which answers show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "object", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Object {
    /// The account itself.
    Account {
        #[serde(with = "text")]
        id: AccountId,
    },
    /// A video, with every reference id it had or has.
    Video {
        #[serde(with = "text")]
        id: VideoId,
        #[serde(with = "text::list")]
        reference_ids: Vec<ReferenceId>,
    },
    /// A playlist, with every reference id it had or has.
    Playlist {
        #[serde(with = "text")]
        id: PlaylistId,
        #[serde(with = "text::list")]
        reference_ids: Vec<ReferenceId>,
    },
    /// A playback right, with the videos that use it; without, where those are more than
    /// [`MAX_VIDEOS`].
    PlaybackRight {
        #[serde(with = "text")]
        id: RightId,
        #[serde(with = "text::optional_list")]
        videos: Option<Vec<VideoId>>,
    },
    /// A policy key that is on record here.
    PolicyKey {
        #[serde(with = "text")]
        id: KeyId,
    },
    /// A public key of viewer tokens.
    Key { id: String },
}

/// In what respect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChangeKind {
    /// What viewers are shown: a title, a poster.
    Content,
    /// Who may have it.
    Rights,
    /// Whether it is there, or by which reference id.
    Existence,
    /// Which videos a playlist has, or in what order.
    List,
    /// What holds for everything of the account: its rules, how its URLs are signed.
    Account,
}

/// The place of a change in the feed: 1 for the first, and one more for each in the order of their
/// commits. As a cursor: the last change that was read, 0 before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) struct Seq(u64);

/// The text is not a place in the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected a whole number from 0 on")]
pub(crate) struct InvalidSeq;

/// A change in its place in the feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Committed {
    pub(crate) seq: Seq,
    /// When it was written, just before its commit.
    pub(crate) at: IsoTime,
    #[serde(flatten)]
    pub(crate) change: Change,
}

/// The most videos a change of a playback right names: with the key of the account's searches they
/// fit one call of the purge API.
pub(crate) const MAX_VIDEOS: usize = 255;

// === impl Seq ===

impl Seq {
    /// The place of a row. There is none below 0.
    pub(crate) fn of_row(number: i64) -> Self {
        Self(u64::try_from(number).unwrap_or_default())
    }

    /// As the database has it. No feed is longer.
    pub(crate) fn to_row(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }

    /// The place before this one, or the beginning.
    pub(crate) fn before(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// How many changes lie between an earlier place and this one.
    pub(crate) fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl FromStr for Seq {
    type Err = InvalidSeq;

    fn from_str(text: &str) -> Result<Self, InvalidSeq> {
        // A sign is no part of a number here, and the database counts to 2⁶³.
        match text.parse::<u64>() {
            Ok(number) if !text.starts_with('+') && i64::try_from(number).is_ok() => {
                Ok(Self(number))
            }
            _ => Err(InvalidSeq),
        }
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

// === impl Change ===

impl Serialize for Change {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// The order is that of reading: whose, what, in what respect.
        #[derive(Serialize)]
        struct Shown<'a> {
            #[serde(with = "text")]
            account: &'a AccountId,
            #[serde(flatten)]
            object: &'a Object,
            kind: ChangeKind,
        }
        Shown {
            account: &self.account,
            object: &self.object,
            kind: self.kind,
        }
        .serialize(serializer)
    }
}

// === impl ChangeKind ===

impl ChangeKind {
    pub(crate) const ALL: [Self; 5] = [
        Self::Content,
        Self::Rights,
        Self::Existence,
        Self::List,
        Self::Account,
    ];

    /// The kind's name, in the feed and in the database.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Rights => "rights",
            Self::Existence => "existence",
            Self::List => "list",
            Self::Account => "account",
        }
    }
}

#[cfg(test)]
mod tests;
