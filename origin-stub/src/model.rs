//! What the CMS stores: accounts and their keys, playback rights, videos and playlists, their JSON and
//! its limits.
//!
//! Each has *fields*, the part an editor may write, and around them what the CMS itself keeps:
//! ids and times. Fields know no HTTP and no SQL.

mod account;
mod addresses;
mod chain;
mod check;
mod host_name;
mod layer;
mod media;
mod playlist;
mod policy_key;
mod record;
mod restriction;
mod right;
pub(crate) mod text;
mod time;
mod token_key;
mod url_signing;
mod video;
mod write;

pub(crate) use account::{Account, AccountFields};
pub(crate) use addresses::between;
pub(crate) use chain::set_default;
pub(crate) use check::InvalidField;
pub(crate) use layer::MAX_LAYER_BYTES;
pub(crate) use media::{CuePoint, CuePointKind, Link, Source, TextTrack, TrackSource, Variant};
pub(crate) use playlist::{Playlist, PlaylistFields, PlaylistKind};
pub(crate) use policy_key::MintedKey;
pub(crate) use record::Record;
pub(crate) use right::{Right, RightFields, RightId, RightTokens};
pub(crate) use time::IsoTime;
pub(crate) use token_key::{TokenKey, der};
pub(crate) use video::{Economics, Video, VideoFields};
pub(crate) use write::{Fields, merge_patch};
