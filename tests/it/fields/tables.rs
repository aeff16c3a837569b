//! The contract, member by member. What is not in a table is in no answer: neither restrictions
//! nor schedules, states, numbers of plays, or anything the origin tells the edge alone.
//!
//! # Source
//!
//! Playback API contract: response fields of a video, playlist and search, errors. `request_id` is
//! this project's own.

use super::object::{
    Object,
    Presence::{Always, OrAbsent, OrNull},
    Shape::{
        self, Bool, Code, Id, Ids, Moment, Name, Objects, OneOf, Seconds, Sources, Text, TextMap,
        Texts, Url, Whole,
    },
    row,
};

#[rustfmt::skip]
pub(super) static VIDEO: Object = Object { name: "video", rows: &[
    row("id",                 Always,   Id),
    row("account_id",         Always,   Id),
    row("name",               Always,   Name),
    row("reference_id",       OrNull,   Name),
    row("description",        OrNull,   Text),
    row("long_description",   OrNull,   Text),
    row("created_at",         Always,   Moment),
    row("updated_at",         Always,   Moment),
    row("published_at",       Always,   Moment),
    row("duration",           OrNull,   Whole), // milliseconds
    row("economics",          Always,   OneOf(&["AD_SUPPORTED", "FREE"])),
    row("tags",               Always,   Texts),
    row("labels",             Always,   Texts),
    row("custom_fields",      Always,   TextMap),
    row("ad_keys",            OrNull,   TextMap),
    row("link",               OrNull,   Shape::Object(&LINK)),
    row("offline_enabled",    Always,   Bool),
    row("projection",         OrAbsent, Name), // of 360° videos alone
    row("poster",             OrNull,   Url),
    row("thumbnail",          OrNull,   Url),
    row("poster_sources",     Always,   Objects(&PICTURE)),
    row("thumbnail_sources",  Always,   Objects(&PICTURE)),
    row("cue_points",         Always,   Objects(&CUE_POINT)),
    row("sources",            Always,   Sources),
    row("text_tracks",        Always,   Objects(&TEXT_TRACK)),
    row("playback_rights_id", OrNull,   Name),
    row("variants",           Always,   Objects(&VARIANT)),
] };

#[rustfmt::skip]
pub(super) static LINK: Object = Object { name: "link", rows: &[
    row("text", Always, Text),
    row("url",  Always, Url),
] };

#[rustfmt::skip]
pub(super) static PICTURE: Object = Object { name: "picture", rows: &[
    row("src", Always, Url),
] };

#[rustfmt::skip]
pub(super) static VARIANT: Object = Object { name: "variant", rows: &[
    row("language",         Always, Name),
    row("name",             OrNull, Text),
    row("description",      OrNull, Text),
    row("long_description", OrNull, Text),
    row("custom_fields",    Always, TextMap),
] };

#[rustfmt::skip]
pub(super) static CUE_POINT: Object = Object { name: "cue point", rows: &[
    row("id",         OrNull, Name),
    row("name",       Always, Text),
    row("type",       Always, OneOf(&["AD", "CODE", "DATA"])),
    row("time",       Always, Seconds),
    row("metadata",   OrNull, Text),
    row("force_stop", Always, Bool),
] };

#[rustfmt::skip]
pub(super) static TEXT_TRACK: Object = Object { name: "text track", rows: &[
    row("id",         OrNull,   Name),
    row("account_id", Always,   Id),
    row("src",        Always,   Url),
    row("srclang",    Always,   Name),
    row("label",      OrNull,   Text),
    row("kind",       Always,   OneOf(&["captions", "subtitles", "descriptions", "chapters", "metadata"])),
    row("mime_type",  OrNull,   OneOf(&["text/webvtt"])),
    row("asset_id",   OrNull,   Name),
    row("sources",    OrNull,   Objects(&PICTURE)),
    row("default",    Always,   Bool),
    row("in_band_metadata_track_dispatch_type", OrAbsent, Text), // a track of the manifest too
    row("width",      OrAbsent, Whole), // of thumbnails alone
    row("height",     OrAbsent, Whole),
    row("bandwidth",  OrAbsent, Whole),
] };

// A source has what applies to its kind, and never a `null`.

#[rustfmt::skip]
pub(super) static HLS: Object = Object { name: "HLS source", rows: &[
    row("src",           Always,   Url),
    row("type",          Always,   OneOf(&["application/x-mpegURL", "application/vnd.apple.mpegurl"])),
    row("ext_x_version", OrAbsent, OneOf(&["3", "4", "5", "6", "7"])),
    row("codecs",        OrAbsent, Name),
    row("key_systems",   OrAbsent, Shape::Object(&KEY_SYSTEMS)),
    row("vmap",          OrAbsent, Url), // with an `ad_config_id` alone
] };

#[rustfmt::skip]
pub(super) static DASH: Object = Object { name: "DASH source", rows: &[
    row("src",         Always,   Url),
    row("type",        Always,   OneOf(&["application/dash+xml"])),
    row("profiles",    OrAbsent, Name),
    row("codecs",      OrAbsent, Name),
    row("key_systems", OrAbsent, Shape::Object(&KEY_SYSTEMS)),
    row("vmap",        OrAbsent, Url),
] };

#[rustfmt::skip]
pub(super) static MP4: Object = Object { name: "MP4 source", rows: &[
    row("src",         Always,   Url),
    row("type",        OrAbsent, OneOf(&["video/mp4"])),
    row("container",   Always,   OneOf(&["MP4"])),
    row("codec",       OrAbsent, Name),
    row("avg_bitrate", OrAbsent, Whole), // bits per second
    row("width",       OrAbsent, Whole),
    row("height",      OrAbsent, Whole),
    row("size",        OrAbsent, Whole), // bytes
    row("duration",    OrAbsent, Whole), // milliseconds
    row("asset_id",    OrAbsent, Name),
] };

#[rustfmt::skip]
pub(super) static KEY_SYSTEMS: Object = Object { name: "key systems", rows: &[
    row("com.apple.fps.1_0",       OrAbsent, Shape::Object(&FAIRPLAY)),
    row("com.microsoft.playready", OrAbsent, Shape::Object(&LICENCE)),
    row("com.widevine.alpha",      OrAbsent, Shape::Object(&LICENCE)),
] };

#[rustfmt::skip]
pub(super) static FAIRPLAY: Object = Object { name: "FairPlay system", rows: &[
    row("key_request_url", Always, Url),
    row("certificate_url", Always, Url),
] };

#[rustfmt::skip]
pub(super) static LICENCE: Object = Object { name: "licence system", rows: &[
    row("license_url", Always, Url),
] };

#[rustfmt::skip]
pub(super) static EXPLICIT: Object = Object { name: "explicit playlist", rows: &[
    row("id",           Always,   Id),
    row("account_id",   Always,   Id),
    row("name",         Always,   Name),
    row("reference_id", OrNull,   Name),
    row("description",  OrNull,   Text),
    row("created_at",   Always,   Moment),
    row("updated_at",   Always,   Moment),
    row("favorite",     Always,   Bool),
    row("type",         Always,   OneOf(&["EXPLICIT"])),
    row("video_ids",    Always,   Ids),
    row("videos",       Always,   Objects(&VIDEO)),
    row("errors",       OrAbsent, Objects(&ERROR)),
] };

#[rustfmt::skip]
pub(super) static SMART: Object = Object { name: "smart playlist", rows: &[
    row("id",           Always,   Id),
    row("account_id",   Always,   Id),
    row("name",         Always,   Name),
    row("reference_id", OrNull,   Name),
    row("description",  OrNull,   Text),
    row("created_at",   Always,   Moment),
    row("updated_at",   Always,   Moment),
    row("favorite",     Always,   Bool),
    row("type",         Always,   OneOf(&SMART_TYPES)),
    row("limit",        OrNull,   Whole),
    row("search",       OrNull,   Name),
    row("videos",       Always,   Objects(&VIDEO)),
    row("errors",       OrAbsent, Objects(&ERROR)),
] };

const SMART_TYPES: [&str; 7] = [
    "ACTIVATED_OLDEST_TO_NEWEST",
    "ACTIVATED_NEWEST_TO_OLDEST",
    "ALPHABETICAL",
    "PLAYS_TOTAL",
    "PLAYS_TRAILING_WEEK",
    "START_DATE_OLDEST_TO_NEWEST",
    "START_DATE_NEWEST_TO_OLDEST",
];

#[rustfmt::skip]
pub(super) static SEARCH: Object = Object { name: "search result", rows: &[
    row("count",  Always,   Whole),
    row("videos", Always,   Objects(&VIDEO)),
    row("errors", OrAbsent, Objects(&ERROR)),
] };

/// Without a `count`.
#[rustfmt::skip]
pub(super) static RELATED: Object = Object { name: "related result", rows: &[
    row("videos", Always,   Objects(&VIDEO)),
    row("errors", OrAbsent, Objects(&ERROR)),
] };

#[rustfmt::skip]
pub(super) static ERROR: Object = Object { name: "error", rows: &[
    row("error_code",    Always,   Code),
    row("error_subcode", OrAbsent, Code),
    row("message",       Always,   Name),
    row("client_geo",    OrAbsent, Name), // beside the subcode CLIENT_GEO
    row("api_call",      OrAbsent, OneOf(&["search"])), // beside the subcode API
    row("request_id",    Always,   Name),
] };
