//! What an answer is purged by.

use playback_policy::{InvalidSurrogateKey, PlaybackRequest, SurrogateKey, SurrogateKeySet};

use crate::{
    model::{PlaylistKind, Video},
    store::Found,
};

/// The surrogate keys of what was found.
pub(super) fn surrogate_keys(
    request: &PlaybackRequest,
    found: &Found,
) -> Result<SurrogateKeySet, InvalidSurrogateKey> {
    // What was asked for is a key even of a 404, so that its creation purges it.
    let asked = SurrogateKeySet::new(request.surrogate_keys())?;
    let of_search = SurrogateKey::search(&request.account);
    // Asked for by reference, it is the same video or playlist all the same.
    let itself = match found {
        Found::NoVideo | Found::NoPlaylist | Found::Search { .. } => None,
        Found::Video(video) | Found::Related { to: video, .. } => {
            Some(SurrogateKey::video(&video.id))
        }
        Found::Playlist { playlist, .. } => Some(SurrogateKey::playlist(&playlist.id)),
    };
    let asked = asked.with(itself)?;
    let keys: Vec<SurrogateKey> = match found {
        Found::NoVideo | Found::NoPlaylist | Found::Video(_) => Vec::new(),
        Found::Search { videos, .. } | Found::Related { videos, .. } => {
            searched(videos, of_search.clone())
        }
        Found::Playlist { playlist, videos } => match playlist.fields.kind {
            // Also those it lacks today: each may be created, or published, tomorrow.
            PlaylistKind::Explicit => playlist
                .fields
                .video_ids
                .iter()
                .map(SurrogateKey::video)
                .collect(),
            PlaylistKind::ActivatedOldestToNewest
            | PlaylistKind::ActivatedNewestToOldest
            | PlaylistKind::Alphabetical
            | PlaylistKind::PlaysTotal
            | PlaylistKind::PlaysTrailingWeek
            | PlaylistKind::StartDateOldestToNewest
            | PlaylistKind::StartDateNewestToOldest => searched(videos, of_search.clone()),
        },
    };
    // More keys than a header holds: then the key that every edit of any video or right of the
    // account purges stands for those of the members.
    match asked.clone().with(keys) {
        Ok(keys) => Ok(keys),
        Err(_too_long) => asked.with([of_search]),
    }
}

/// Which videos are in it follows from all videos; what it shows, from those in it.
fn searched(videos: &[Video], of_search: SurrogateKey) -> Vec<SurrogateKey> {
    let members = videos.iter().map(|video| SurrogateKey::video(&video.id));
    members.chain([of_search]).collect()
}
