//! What the CMS stores: accounts, playback rights, videos and playlists, their JSON and its limits.
//!
//! Each has *fields*, the part an editor may write, and around them what the CMS itself keeps:
//! ids and times. Fields know no HTTP and no SQL.

mod account;
mod check;
mod layer;
mod media;
mod playlist;
mod record;
mod restriction;
mod right;
mod text;
mod time;
mod url_signing;
mod video;
mod write;

pub(crate) use account::{Account, AccountFields};
pub(crate) use check::InvalidField;
pub(crate) use media::{CuePoint, CuePointKind, Link, Source, TextTrack, TrackSource, Variant};
pub(crate) use playlist::{Playlist, PlaylistFields, PlaylistKind};
pub(crate) use record::Record;
pub(crate) use right::{Right, RightFields, RightId};
pub(crate) use time::IsoTime;
pub(crate) use video::{Economics, Video, VideoFields};
pub(crate) use write::{Fields, merge_patch};
