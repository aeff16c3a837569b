//! A video.

use std::collections::BTreeMap;

use playback_policy::{AccountId, ReferenceId, Rules, VideoId};
use serde::{Deserialize, Serialize};

use super::{
    check::{self, InvalidField},
    media::{CuePoint, Link, Source, TextTrack, Variant, check_custom_fields},
    record::Record,
    restriction::{Geo, Schedule},
    right::RightId,
    text,
    time::IsoTime,
    write::Fields,
};

/// A video as stored.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Video {
    pub(crate) id: VideoId,
    pub(crate) account: AccountId,
    pub(crate) fields: VideoFields,
    pub(crate) created_at: IsoTime,
    pub(crate) updated_at: IsoTime,
    /// When it first became playable.
    pub(crate) published_at: Option<IsoTime>,
}

/// What an editor writes of a video.
///
/// # Source
///
/// CMS API, video fields; Playback API contract, response fields. `rules` and `rules_report_only` are this project's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct VideoFields {
    pub(crate) name: String,
    #[serde(default, with = "text::option")]
    pub(crate) reference_id: Option<ReferenceId>,
    pub(crate) description: Option<String>,
    pub(crate) long_description: Option<String>,
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    #[serde(default)]
    pub(crate) labels: Vec<String>,
    #[serde(default)]
    pub(crate) custom_fields: BTreeMap<String, String>,
    /// Targeting for advertisements, `name=value&name=value`.
    pub(crate) ad_keys: Option<String>,
    #[serde(default)]
    pub(crate) state: State,
    /// Whether a rendition exists; unset, whether there are `sources`.
    pub(crate) complete: Option<bool>,
    /// Milliseconds.
    pub(crate) duration: Option<u64>,
    /// How often it was played: lists are ordered by it, nobody is shown it.
    pub(crate) plays_total: Option<u64>,
    /// The same, of the last seven days.
    pub(crate) plays_trailing_week: Option<u64>,
    #[serde(default)]
    pub(crate) economics: Economics,
    #[serde(default)]
    pub(crate) offline_enabled: bool,
    pub(crate) projection: Option<String>,
    pub(crate) link: Option<Link>,
    pub(crate) poster: Option<String>,
    pub(crate) thumbnail: Option<String>,
    #[serde(default)]
    pub(crate) cue_points: Vec<CuePoint>,
    #[serde(default)]
    pub(crate) text_tracks: Vec<TextTrack>,
    #[serde(default)]
    pub(crate) sources: Vec<Source>,
    #[serde(default)]
    pub(crate) variants: Vec<Variant>,
    pub(crate) geo: Option<Geo>,
    pub(crate) schedule: Option<Schedule>,
    #[serde(default, with = "text::option")]
    pub(crate) playback_rights_id: Option<RightId>,
    /// Further restrictions: the dictionary text of a layer.
    #[serde(default, with = "text::option")]
    pub(crate) rules: Option<Rules>,
    /// Restrictions that are only logged: the dictionary text of a layer.
    #[serde(default, with = "text::option")]
    pub(crate) rules_report_only: Option<Rules>,
}

/// Whether a video is meant to play. `DELETED` is written with the method of that name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum State {
    #[default]
    Active,
    Inactive,
    Pending,
}

/// Who pays: it changes advertisements, never access.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Economics {
    #[default]
    AdSupported,
    Free,
}

/// The largest whole number that every reader of JSON reads alike.
const MAX_PLAYS: u64 = (1 << 53) - 1;

// === impl Video ===

impl Record for Video {
    type Id = VideoId;
    type Fields = VideoFields;

    const KIND: &'static str = "video";

    fn new(account: AccountId, id: VideoId, fields: VideoFields, now: IsoTime) -> Self {
        let published_at = fields.is_playable().then_some(now);
        Self {
            id,
            account,
            fields,
            created_at: now,
            updated_at: now,
            published_at,
        }
    }

    fn edited(&self, fields: VideoFields, now: IsoTime) -> Self {
        let published_at = self.published_at.or(fields.is_playable().then_some(now));
        Self {
            fields,
            updated_at: now,
            published_at,
            ..self.clone()
        }
    }

    fn id(&self) -> &VideoId {
        &self.id
    }

    fn fields(&self) -> &VideoFields {
        &self.fields
    }
}

// === impl State ===

impl State {
    /// As searches name it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Inactive => "INACTIVE",
            Self::Pending => "PENDING",
        }
    }
}

// === impl VideoFields ===

impl VideoFields {
    /// Whether there is something to play and leave to play it; the schedule is the edge's to judge.
    pub(crate) fn is_playable(&self) -> bool {
        self.hindrance().is_none()
    }

    /// Why there is not.
    pub(crate) fn hindrance(&self) -> Option<&'static str> {
        match self.state {
            State::Inactive => Some("its state is INACTIVE"),
            State::Pending => Some("its state is PENDING"),
            State::Active if !self.is_complete() => Some("it is not complete"),
            State::Active if self.sources.is_empty() => Some("it has no sources"),
            State::Active => None,
        }
    }

    /// Whether a rendition exists.
    pub(crate) fn is_complete(&self) -> bool {
        self.complete.unwrap_or(!self.sources.is_empty())
    }

    fn check_texts(&self) -> Result<(), InvalidField> {
        check::text("name", &self.name, 1, 256)?;
        check::optional_text("description", self.description.as_deref(), 250)?;
        check::optional_text("long_description", self.long_description.as_deref(), 5000)?;
        check::optional_text("ad_keys", self.ad_keys.as_deref(), 1024)?;
        check::optional_text("projection", self.projection.as_deref(), 32)?;
        for (path, texts, max) in [("tags", &self.tags, 1200), ("labels", &self.labels, 100)] {
            check::count(path, texts.len(), max)?;
            for (at, item) in texts.iter().enumerate() {
                check::text(&format!("{path}[{at}]"), item, 1, 128)?;
            }
        }
        check_custom_fields("custom_fields", &self.custom_fields)
    }

    fn check_plays(&self) -> Result<(), InvalidField> {
        for (path, plays) in [
            ("plays_total", self.plays_total),
            ("plays_trailing_week", self.plays_trailing_week),
        ] {
            if plays.is_some_and(|plays| plays > MAX_PLAYS) {
                return Err(InvalidField::new(
                    path,
                    format!("expected at most {MAX_PLAYS}"),
                ));
            }
        }
        Ok(())
    }

    fn check_media(&self) -> Result<(), InvalidField> {
        check::optional_url("poster", self.poster.as_deref())?;
        check::optional_url("thumbnail", self.thumbnail.as_deref())?;
        self.link.as_ref().map_or(Ok(()), Link::check)?;
        check_each("cue_points", &self.cue_points, CuePoint::check)?;
        check_each("text_tracks", &self.text_tracks, TextTrack::check)?;
        check_each("sources", &self.sources, Source::check)?;
        check_each("variants", &self.variants, Variant::check)
    }
}

impl Fields for VideoFields {
    fn check(&self) -> Result<(), InvalidField> {
        self.check_texts()?;
        self.check_plays()?;
        self.check_media()?;
        self.geo.as_ref().map_or(Ok(()), Geo::check)?;
        self.schedule.as_ref().map_or(Ok(()), Schedule::check)?;
        self.layer().map(drop)
    }
}

fn check_each<T>(
    path: &str,
    items: &[T],
    check_one: impl Fn(&T, &str) -> Result<(), InvalidField>,
) -> Result<(), InvalidField> {
    check::count(path, items.len(), 200)?;
    items
        .iter()
        .enumerate()
        .try_for_each(|(at, item)| check_one(item, &format!("{path}[{at}]")))
}
