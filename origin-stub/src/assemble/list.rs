//! The bodies of answers with several videos.
//!
//! # Source
//!
//! Playback API contract, playlist and search.

use std::collections::BTreeMap;

use playback_policy::VideoId;
use serde::Serialize;

use super::{body::PlaybackVideo, layers::Layers};
use crate::model::{Account, IsoTime, Playlist, PlaylistKind, Right, RightId, Video};

/// A video of a list: the same object as the answer about it alone, and its rules.
#[derive(Serialize)]
pub(super) struct ListedVideo<'a> {
    #[serde(flatten)]
    video: PlaybackVideo<'a>,
    /// The rules of each of its own layers, by the layer's name, and with `-report-only` behind it
    /// what would only be logged. The edge takes this out.
    #[serde(rename = "$rules")]
    rules: BTreeMap<String, String>,
}

/// What a search finds.
#[derive(Serialize)]
pub(super) struct SearchBody<'a> {
    count: usize,
    videos: Vec<ListedVideo<'a>>,
}

/// What is like a video. It is not counted.
#[derive(Serialize)]
pub(super) struct RelatedBody<'a> {
    videos: Vec<ListedVideo<'a>>,
}

/// A playlist. Only a smart one has a `limit` and a `search`, only an explicit one `video_ids`.
#[derive(Serialize)]
pub(super) struct PlaylistBody<'a> {
    id: &'a str,
    account_id: &'a str,
    name: &'a str,
    reference_id: Option<&'a str>,
    description: Option<&'a str>,
    created_at: IsoTime,
    updated_at: IsoTime,
    r#type: PlaylistKind,
    favorite: bool,
    #[serde(flatten)]
    members: Members<'a>,
    videos: Vec<ListedVideo<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Members<'a> {
    Explicit { video_ids: Vec<&'a str> },
    Smart { limit: u32, search: Option<String> },
}

/// Videos with their rules. One whose rules cannot be made is left out, so that it takes no list with
/// it: nobody gets it, as where it is asked for alone.
pub(super) fn listed<'a>(
    account: &Account,
    videos: &'a [Video],
    rights: &BTreeMap<RightId, Right>,
    ad_config: Option<&str>,
) -> Vec<ListedVideo<'a>> {
    let one = |video: &'a Video| {
        let layers = match Layers::of_video(account, video, rights) {
            Ok(layers) => layers,
            Err(error) => {
                tracing::error!(video = %video.id, %error, "a video is left out of a list");
                return None;
            }
        };
        let enforced = layers.enforced.iter();
        let enforced = enforced.map(|(layer, rules)| (layer.to_string(), rules.to_string()));
        let reported = layers.report_only.iter();
        let reported =
            reported.map(|(layer, rules)| (format!("{layer}-report-only"), rules.to_string()));
        Some(ListedVideo {
            video: PlaybackVideo::new(video, ad_config),
            rules: enforced.chain(reported).collect(),
        })
    };
    videos.iter().filter_map(one).collect()
}

impl<'a> SearchBody<'a> {
    pub(super) fn new(count: usize, videos: Vec<ListedVideo<'a>>) -> Self {
        Self { count, videos }
    }
}

impl<'a> RelatedBody<'a> {
    pub(super) fn new(videos: Vec<ListedVideo<'a>>) -> Self {
        Self { videos }
    }
}

impl<'a> PlaylistBody<'a> {
    pub(super) fn new(playlist: &'a Playlist, videos: Vec<ListedVideo<'a>>) -> Self {
        let fields = &playlist.fields;
        Self {
            id: playlist.id.as_str(),
            account_id: playlist.account.as_str(),
            name: &fields.name,
            reference_id: fields.reference_id.as_ref().map(|id| id.as_str()),
            description: fields.description.as_deref(),
            created_at: playlist.created_at,
            updated_at: playlist.updated_at,
            r#type: fields.kind,
            favorite: fields.favorite,
            members: match fields.kind {
                PlaylistKind::Explicit => Members::Explicit {
                    video_ids: fields.video_ids.iter().map(VideoId::as_str).collect(),
                },
                PlaylistKind::ActivatedOldestToNewest
                | PlaylistKind::ActivatedNewestToOldest
                | PlaylistKind::Alphabetical
                | PlaylistKind::PlaysTotal
                | PlaylistKind::PlaysTrailingWeek
                | PlaylistKind::StartDateOldestToNewest
                | PlaylistKind::StartDateNewestToOldest => Members::Smart {
                    limit: fields.smart_limit(),
                    search: fields.search.as_ref().map(ToString::to_string),
                },
            },
            videos,
        }
    }
}
