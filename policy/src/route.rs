//! What a request asks for, and the key its answer is cached under.

mod cache_key;
mod parameters;
mod target;

use std::fmt;

use thiserror::Error;

use crate::{
    id::{AccountId, PlaylistId, ReferenceId, VideoId},
    search::{Query, Sort},
};
use parameters::Parameters;

pub use cache_key::CacheKey;
pub use parameters::{MAX_OFFSET, Page};
pub use target::StaticAsset;

/// What a path and its query ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// `/healthz`: whether the program runs.
    Health,
    /// Something to play.
    Playback(PlaybackRequest),
}

/// Something to play, below `/playback/v1/accounts/{account}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaybackRequest {
    /// The account asked.
    pub account: AccountId,
    /// What is asked for.
    pub resource: Resource,
    /// `ad_config_id`: the answer's sources get server-side ad insertion.
    pub ad_config_id: Option<String>,
    /// `config_id`: the delivery rule's action.
    pub config_id: Option<String>,
}

/// What can be asked for.
///
/// # Source
///
/// Playback API contract, endpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resource {
    /// `/videos/{video}`: one video.
    Video(VideoSelector),
    /// `/videos/{video}/master.m3u8` and its like: the address of one rendition or picture.
    Static(VideoSelector, StaticAsset),
    /// `/videos/{video}/related`: videos like this one.
    Related(VideoSelector, Page),
    /// `/videos`: videos that a search finds.
    Search(Search),
    /// `/playlists/{playlist}`: a playlist.
    Playlist(PlaylistSelector, Page),
}

/// A search and its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// What videos must meet.
    pub query: Query,
    /// The order; without one the best match first.
    pub sort: Option<Sort>,
    /// Which of the found.
    pub page: Page,
}

/// How a video is named.
pub type VideoSelector = Selector<VideoId>;

/// How a playlist is named.
pub type PlaylistSelector = Selector<PlaylistId>;

/// How something is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector<Id> {
    /// By its id.
    Id(Id),
    /// By its customer's reference: `ref:…`.
    Reference(ReferenceId),
}

/// The path and query ask for nothing we have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidRoute {
    /// No such path.
    #[error("no such resource")]
    Unknown,
    /// The path of a video whose id cannot be one.
    #[error("not the id of a video")]
    Video,
    /// The path of a playlist whose id cannot be one.
    #[error("not the id of a playlist")]
    Playlist,
    /// A query parameter twice.
    #[error("a query parameter is there twice")]
    DuplicateParameters,
    /// A query parameter that cannot be read.
    #[error("a query parameter cannot be read")]
    Parameter,
    /// `limit` or `offset` beyond its bounds.
    #[error("expected a `limit` from 1 to 100 and an `offset` from 0 on")]
    Page,
    /// The same, of a search.
    #[error("expected a `limit` from 1 to 100 and an `offset` from 0 on")]
    Search,
    /// A `q` that is no search.
    #[error("`q` is not a search")]
    Query,
    /// A `sort` by nothing that videos are sorted by.
    #[error("`sort` names no field that videos are sorted by")]
    Sort,
}

// === impl Route ===

impl Route {
    /// Reads a path, percent-encoded as it came, and its query without the question mark.
    ///
    /// Each part is decoded once, and only then compared: `ref%3A` is `ref:`, and an encoded slash
    /// is part of a name, never a separator.
    ///
    /// # Errors
    ///
    /// [`InvalidRoute`].
    pub fn parse(path: &str, query: Option<&str>) -> Result<Self, InvalidRoute> {
        let parts: Vec<&str> = path.split('/').collect();
        let (account, rest) = match parts.as_slice() {
            ["", "healthz"] => return Ok(Self::Health),
            ["", "playback", "v1", "accounts", account, rest @ ..] => (account, rest),
            _ => return Err(InvalidRoute::Unknown),
        };
        let account = target::decode(account).ok_or(InvalidRoute::Unknown)?;
        let account = account.parse().map_err(|_| InvalidRoute::Unknown)?;
        let parameters = || Parameters::parse(query.unwrap_or_default());
        let (resource, parameters) = match rest {
            ["videos"] => {
                let parameters = parameters()?;
                (Resource::Search(parameters.search()?), parameters)
            }
            ["videos", video] => {
                let video = VideoSelector::parse(video).ok_or(InvalidRoute::Video)?;
                (Resource::Video(video), parameters()?)
            }
            ["videos", video, "related"] => {
                let video = VideoSelector::parse(video).ok_or(InvalidRoute::Video)?;
                let parameters = parameters()?;
                let page = parameters.page().ok_or(InvalidRoute::Search)?;
                (Resource::Related(video, page), parameters)
            }
            ["videos", video, asset] => {
                let asset = StaticAsset::parse(asset).ok_or(InvalidRoute::Unknown)?;
                let video = VideoSelector::parse(video).ok_or(InvalidRoute::Video)?;
                (Resource::Static(video, asset), parameters()?)
            }
            ["playlists", playlist] => {
                let playlist = PlaylistSelector::parse(playlist).ok_or(InvalidRoute::Playlist)?;
                let parameters = parameters()?;
                let page = parameters.page().ok_or(InvalidRoute::Page)?;
                (Resource::Playlist(playlist, page), parameters)
            }
            _ => return Err(InvalidRoute::Unknown),
        };
        Ok(Self::Playback(PlaybackRequest {
            account,
            resource,
            ad_config_id: parameters.ad_config_id,
            config_id: parameters.config_id,
        }))
    }
}

impl PlaybackRequest {
    /// Whether a policy key must be search-enabled to ask this.
    #[must_use]
    pub fn is_search(&self) -> bool {
        match self.resource {
            Resource::Search(_) | Resource::Related(..) => true,
            Resource::Video(_) | Resource::Static(..) | Resource::Playlist(..) => false,
        }
    }
}

/// What is asked for, as logs name it: the last part of its path.
impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Video(video) => video.fmt(f),
            Self::Static(video, asset) => write!(f, "{video}/{asset}"),
            Self::Related(video, _) => write!(f, "{video}/related"),
            Self::Search(_) => f.write_str("search"),
            Self::Playlist(playlist, _) => playlist.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests;
