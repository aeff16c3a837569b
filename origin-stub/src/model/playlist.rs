//! A playlist: videos somebody listed, or a search with an order.

use playback_policy::{AccountId, PlaylistId, Query, ReferenceId, VideoId};
use serde::{Deserialize, Serialize};

use super::{
    check::{self, InvalidField},
    record::Record,
    text,
    time::IsoTime,
    write::Fields,
};

/// A playlist as stored.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Playlist {
    pub(crate) id: PlaylistId,
    pub(crate) account: AccountId,
    pub(crate) fields: PlaylistFields,
    pub(crate) created_at: IsoTime,
    pub(crate) updated_at: IsoTime,
}

/// What an editor writes of a playlist.
///
/// # Source
///
/// Playback API contract, playlist and search.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct PlaylistFields {
    pub(crate) name: String,
    #[serde(default, with = "text::option")]
    pub(crate) reference_id: Option<ReferenceId>,
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) favorite: bool,
    #[serde(rename = "type")]
    pub(crate) kind: PlaylistKind,
    /// The most videos a smart one has.
    pub(crate) limit: Option<u32>,
    /// Which videos a smart one has; without it, all.
    #[serde(default, with = "text::option")]
    pub(crate) search: Option<Query>,
    /// The videos of an explicit one. They need not exist.
    #[serde(default, with = "text::list")]
    pub(crate) video_ids: Vec<VideoId>,
}

/// Where a playlist's videos and their order come from: all but `EXPLICIT` are smart, a search with
/// an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum PlaylistKind {
    /// As listed.
    Explicit,
    ActivatedOldestToNewest,
    ActivatedNewestToOldest,
    Alphabetical,
    PlaysTotal,
    PlaysTrailingWeek,
    StartDateOldestToNewest,
    StartDateNewestToOldest,
}

/// What a smart playlist is cut to unless it says otherwise.
const DEFAULT_LIMIT: u32 = 100;
/// The most videos any playlist has.
const MAX_VIDEOS: usize = 1000;

impl PlaylistFields {
    /// The most videos a smart playlist has.
    pub(crate) fn smart_limit(&self) -> u32 {
        self.limit.unwrap_or(DEFAULT_LIMIT)
    }

    /// Whether the same videos are in it, in the same order.
    pub(crate) fn has_members_of(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.limit == other.limit
            && self.search == other.search
            && self.video_ids == other.video_ids
    }

    fn check_members(&self) -> Result<(), InvalidField> {
        let refuse = |path: &str, reason: &str| Err(InvalidField::new(path, reason));
        if self.kind != PlaylistKind::Explicit {
            return match (self.video_ids.is_empty(), self.smart_limit()) {
                (false, _) => refuse("video_ids", "only a playlist of `type` `EXPLICIT` has one"),
                (true, 1..=1000) => Ok(()),
                (true, _) => refuse("limit", "expected a number from 1 to 1000"),
            };
        }
        if self.limit.is_some() {
            return refuse("limit", "a playlist of `type` `EXPLICIT` has none");
        }
        if self.search.is_some() {
            return refuse("search", "a playlist of `type` `EXPLICIT` has none");
        }
        check::count("video_ids", self.video_ids.len(), MAX_VIDEOS)
    }
}

impl Fields for PlaylistFields {
    fn check(&self) -> Result<(), InvalidField> {
        check::text("name", &self.name, 1, 250)?;
        check::optional_text("description", self.description.as_deref(), 250)?;
        self.check_members()
    }
}

impl Record for Playlist {
    type Id = PlaylistId;
    type Fields = PlaylistFields;

    const KIND: &'static str = "playlist";

    fn new(account: AccountId, id: PlaylistId, fields: PlaylistFields, now: IsoTime) -> Self {
        Self {
            id,
            account,
            fields,
            created_at: now,
            updated_at: now,
        }
    }

    fn edited(&self, fields: PlaylistFields, now: IsoTime) -> Self {
        Self {
            fields,
            updated_at: now,
            ..self.clone()
        }
    }

    fn id(&self) -> &PlaylistId {
        &self.id
    }

    fn fields(&self) -> &PlaylistFields {
        &self.fields
    }
}
