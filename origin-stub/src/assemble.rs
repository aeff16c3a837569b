//! From the catalog to a playback answer: the body, the layers of rules, the surrogate keys.
//!
//! The body is what every viewer may read: no restriction, no state and no schedule is in it. In a
//! list each video has its rules beside it, for the edge to take out.

mod body;
mod labels;
mod layers;
mod list;
mod location;

use playback_policy::{
    AccountKeys, InvalidSurrogateKey, LayerKind, PlaybackRequest, Query, Resource, SurrogateKeySet,
    UrlSigning,
};
use thiserror::Error;

use crate::{
    model::{InvalidField, Video},
    store::{Found, PlaybackRecord},
};
use body::PlaybackVideo;
use layers::Layers;
use list::{PlaylistBody, RelatedBody, SearchBody, listed};

/// What the edge is answered, before it is HTTP. Each kind may be cached, until it is purged.
#[derive(Debug)]
pub(crate) struct Assembled {
    /// What the answer is purged by.
    pub(crate) surrogate_keys: SurrogateKeySet,
    /// How many seconds it stays true without a purge.
    pub(crate) max_age: u32,
    /// The public keys of the account's viewer tokens. What there is not is told to a good token
    /// too, so an error has them as well.
    pub(crate) token_keys: AccountKeys,
    pub(crate) outcome: Outcome,
}

/// What was found.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Something to show.
    Shown(Shown),
    /// A video that is switched off, unfinished or without sources.
    NotPlayable,
    /// No such video in the account.
    NoVideo,
    /// No such playlist in the account.
    NoPlaylist,
    /// The video has no such rendition or picture.
    NoRendition,
    /// No such account.
    NoAccount,
}

/// What a viewer may be shown, and what the edge needs to know of it.
#[derive(Debug)]
pub(crate) struct Shown {
    /// The JSON of the answer.
    pub(crate) body: Vec<u8>,
    /// The rules of each layer there is of the answer as a whole.
    pub(crate) layers: Layers,
    /// How the URLs in it are signed.
    pub(crate) url_signing: Option<UrlSigning>,
}

/// What is stored makes no answer. Every write checks that it does, so this is a fault of ours.
#[derive(Debug, Error)]
pub(crate) enum AssembleError {
    /// A layer cannot be made.
    #[error("the {layer} layer: {source}")]
    Layer {
        layer: LayerKind,
        #[source]
        source: InvalidField,
    },
    /// A video names a right that is not there: without its rules, anybody could play it.
    #[error("the playback right of the video is missing")]
    RightMissing,
    /// How URLs are signed cannot be said.
    #[error(transparent)]
    UrlSigning(InvalidField),
    /// The answer could not be purged.
    #[error(transparent)]
    SurrogateKeys(#[from] InvalidSurrogateKey),
    /// The body is not JSON.
    #[error(transparent)]
    Body(#[from] serde_json::Error),
}

/// A year, which is until purged.
const FOREVER: u32 = 365 * 24 * 60 * 60;
/// How long a list stays that follows from the time of asking.
const A_MINUTE: u32 = 60;

/// Assembles the answer to `request`; without a record, there is no such account.
pub(crate) fn assemble(
    request: &PlaybackRequest,
    record: Option<&PlaybackRecord>,
) -> Result<Assembled, AssembleError> {
    let Some(record) = record else {
        return Ok(Assembled {
            surrogate_keys: SurrogateKeySet::new(request.surrogate_keys())?,
            max_age: FOREVER,
            token_keys: AccountKeys::default(),
            outcome: Outcome::NoAccount,
        });
    };
    Ok(Assembled {
        surrogate_keys: labels::surrogate_keys(request, &record.found)?,
        max_age: max_age(request, &record.found),
        token_keys: record.account.token_keys.clone(),
        outcome: outcome(request, record)?,
    })
}

fn outcome(request: &PlaybackRequest, record: &PlaybackRecord) -> Result<Outcome, AssembleError> {
    let PlaybackRecord {
        account,
        found,
        rights,
    } = record;
    let ad_config = request.ad_config_id.as_deref();
    let items = |videos| listed(account, videos, rights, ad_config);
    let (body, own_layers) = match found {
        Found::NoVideo => return Ok(Outcome::NoVideo),
        Found::NoPlaylist => return Ok(Outcome::NoPlaylist),
        Found::Video(video) if !video.fields.is_playable() => return Ok(Outcome::NotPlayable),
        Found::Related { to, .. } if !to.fields.is_playable() => return Ok(Outcome::NotPlayable),
        Found::Video(video) => match video_body(request, video)? {
            Some(body) => (body, Layers::of_video(account, video, rights)?),
            None => return Ok(Outcome::NoRendition),
        },
        Found::Search { count, videos } => {
            let videos = items(videos);
            (
                serde_json::to_vec(&SearchBody::new(*count, videos))?,
                Layers::default(),
            )
        }
        Found::Related { videos, .. } => {
            let videos = items(videos);
            (
                serde_json::to_vec(&RelatedBody::new(videos))?,
                Layers::default(),
            )
        }
        Found::Playlist { playlist, videos } => {
            let videos = items(videos);
            (
                serde_json::to_vec(&PlaylistBody::new(playlist, videos))?,
                Layers::default(),
            )
        }
    };
    let mut layers = Layers::of_account(account)?;
    layers.extend(own_layers);
    let url_signing = account.fields.url_signing.as_ref();
    let url_signing = url_signing.map(|signing| signing.signing()).transpose();
    Ok(Outcome::Shown(Shown {
        body,
        layers,
        url_signing: url_signing.map_err(AssembleError::UrlSigning)?,
    }))
}

/// A video as a whole, or where one part of it is, if it has that.
fn video_body(
    request: &PlaybackRequest,
    video: &Video,
) -> Result<Option<Vec<u8>>, serde_json::Error> {
    let ad_config = request.ad_config_id.as_deref();
    match &request.resource {
        Resource::Static(_, asset) => location::of(video, *asset, ad_config)
            .map(|location| serde_json::to_vec(&location))
            .transpose(),
        Resource::Video(_)
        | Resource::Search(_)
        | Resource::Related(..)
        | Resource::Playlist(..) => {
            serde_json::to_vec(&PlaybackVideo::new(video, ad_config)).map(Some)
        }
    }
}

/// No purge says that time has passed.
fn max_age(request: &PlaybackRequest, found: &Found) -> u32 {
    let searched = match (found, &request.resource) {
        (Found::Playlist { playlist, .. }, _) => playlist.fields.search.as_ref(),
        (_, Resource::Search(search)) => Some(&search.query),
        (_, Resource::Video(_))
        | (_, Resource::Static(..))
        | (_, Resource::Related(..))
        | (_, Resource::Playlist(..)) => None,
    };
    match searched.is_some_and(Query::is_relative) {
        true => A_MINUTE,
        false => FOREVER,
    }
}
