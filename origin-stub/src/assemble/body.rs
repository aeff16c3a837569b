//! The body of a playback answer.
//!
//! Absent scalars are `null`, absent lists `[]`, absent custom fields `{}`; what does not apply to a
//! source is left out of it, since players refuse a `null` there.
//!
//! # Source
//!
//! Playback API contract, response fields of a video.

use std::collections::BTreeMap;

use serde::Serialize;
use url::Url;

use crate::model::{
    CuePoint, CuePointKind, Economics, IsoTime, Link, Source, TextTrack, TrackSource, Variant,
    Video,
};

/// A video as players read it.
#[derive(Serialize)]
pub(super) struct PlaybackVideo<'a> {
    id: &'a str,
    account_id: &'a str,
    name: &'a str,
    reference_id: Option<&'a str>,
    description: Option<&'a str>,
    long_description: Option<&'a str>,
    created_at: IsoTime,
    updated_at: IsoTime,
    published_at: Option<IsoTime>,
    /// Milliseconds.
    duration: Option<u64>,
    economics: Economics,
    tags: &'a [String],
    labels: &'a [String],
    custom_fields: &'a BTreeMap<String, String>,
    ad_keys: Option<BTreeMap<&'a str, &'a str>>,
    link: Option<&'a Link>,
    offline_enabled: bool,
    /// Only 360° videos have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    projection: Option<&'a str>,
    poster: Option<&'a str>,
    thumbnail: Option<&'a str>,
    poster_sources: Vec<Picture<'a>>,
    thumbnail_sources: Vec<Picture<'a>>,
    cue_points: Vec<PlaybackCuePoint<'a>>,
    sources: Vec<PlaybackSource<'a>>,
    text_tracks: Vec<PlaybackTextTrack<'a>>,
    playback_rights_id: Option<&'a str>,
    variants: &'a [Variant],
}

#[derive(Serialize)]
struct Picture<'a> {
    src: &'a str,
}

#[derive(Serialize)]
struct PlaybackSource<'a> {
    #[serde(flatten)]
    source: &'a Source,
    /// The playlist of advertisements to stitch in.
    #[serde(skip_serializing_if = "Option::is_none")]
    vmap: Option<String>,
}

#[derive(Serialize)]
struct PlaybackCuePoint<'a> {
    id: Option<&'a str>,
    name: &'a str,
    r#type: CuePointKind,
    /// Seconds.
    time: f64,
    metadata: Option<&'a str>,
    force_stop: bool,
}

#[derive(Serialize)]
struct PlaybackTextTrack<'a> {
    id: Option<&'a str>,
    account_id: &'a str,
    src: &'a str,
    srclang: &'a str,
    label: Option<&'a str>,
    kind: &'a str,
    mime_type: Option<&'a str>,
    asset_id: Option<&'a str>,
    sources: Option<&'a [TrackSource]>,
    default: bool,
    /// Its presence says that the track is in the manifest too.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_band_metadata_track_dispatch_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bandwidth: Option<u64>,
}

impl<'a> PlaybackVideo<'a> {
    pub(super) fn new(video: &'a Video, ad_config: Option<&str>) -> Self {
        let fields = &video.fields;
        let account_id = video.account.as_str();
        Self {
            id: video.id.as_str(),
            account_id,
            name: &fields.name,
            reference_id: fields.reference_id.as_ref().map(|id| id.as_str()),
            description: fields.description.as_deref(),
            long_description: fields.long_description.as_deref(),
            created_at: video.created_at,
            updated_at: video.updated_at,
            published_at: video.published_at,
            duration: fields.duration,
            economics: fields.economics,
            tags: &fields.tags,
            labels: &fields.labels,
            custom_fields: &fields.custom_fields,
            ad_keys: fields.ad_keys.as_deref().map(ad_keys),
            link: fields.link.as_ref(),
            offline_enabled: fields.offline_enabled,
            projection: fields.projection.as_deref(),
            poster: fields.poster.as_deref(),
            thumbnail: fields.thumbnail.as_deref(),
            poster_sources: pictures(fields.poster.as_deref()),
            thumbnail_sources: pictures(fields.thumbnail.as_deref()),
            cue_points: fields
                .cue_points
                .iter()
                .map(PlaybackCuePoint::new)
                .collect(),
            sources: fields
                .sources
                .iter()
                .map(|own| PlaybackSource::new(own, ad_config))
                .collect(),
            text_tracks: fields
                .text_tracks
                .iter()
                .map(|track| PlaybackTextTrack::new(track, account_id))
                .collect(),
            playback_rights_id: fields.playback_rights_id.as_ref().map(|id| id.as_str()),
            variants: &fields.variants,
        }
    }
}

impl<'a> PlaybackSource<'a> {
    fn new(source: &'a Source, ad_config: Option<&str>) -> Self {
        Self {
            source,
            vmap: ad_config.and_then(|ad_config| vmap(source, ad_config)),
        }
    }
}

impl<'a> PlaybackCuePoint<'a> {
    fn new(cue: &'a CuePoint) -> Self {
        Self {
            id: cue.id.as_deref(),
            name: &cue.name,
            r#type: cue.kind,
            time: cue.time,
            metadata: cue.metadata.as_deref(),
            force_stop: cue.force_stop,
        }
    }
}

impl<'a> PlaybackTextTrack<'a> {
    fn new(track: &'a TextTrack, account_id: &'a str) -> Self {
        Self {
            id: track.id.as_deref(),
            account_id,
            src: &track.src,
            srclang: &track.srclang,
            label: track.label.as_deref(),
            kind: &track.kind,
            mime_type: track.mime_type.as_deref(),
            asset_id: track.asset_id.as_deref(),
            sources: track.sources.as_deref(),
            default: track.default,
            in_band_metadata_track_dispatch_type: track
                .in_band_metadata_track_dispatch_type
                .as_deref(),
            width: track.width,
            height: track.height,
            bandwidth: track.bandwidth,
        }
    }
}

/// `name=value&name=value`, as the CMS writes it; a name alone has an empty value.
fn ad_keys(text: &str) -> BTreeMap<&str, &str> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .collect()
}

/// One for each scheme the picture is known under, which is the scheme of its own URL.
fn pictures(url: Option<&str>) -> Vec<Picture<'_>> {
    url.into_iter().map(|src| Picture { src }).collect()
}

/// The advertisements' playlist beside a manifest: `hls.vmap` or `dash.vmap`, for this ad config.
pub(super) fn vmap(source: &Source, ad_config: &str) -> Option<String> {
    let name = match (source.is_hls(), source.is_dash()) {
        (true, _) => "hls.vmap",
        (false, true) => "dash.vmap",
        (false, false) => return None,
    };
    let mut url = Url::parse(&source.src).ok()?.join(name).ok()?;
    url.query_pairs_mut().append_pair("ad_config_id", ad_config);
    Some(url.into())
}
