//! From the catalog to a playback answer: the body, the layers of rules, the surrogate keys.
//!
//! The body is what every viewer may read: no restriction, no state and no schedule is in it.

mod body;

use playback_policy::{
    InvalidSurrogateKey, LayerKind, Rules, SurrogateKey, SurrogateKeySet, VideoRequest,
};
use thiserror::Error;

use crate::{
    model::{Account, InvalidField, Right, Video},
    store::PlaybackRecord,
};

/// What the edge is answered, before it is HTTP. Each kind may be cached, until it is purged.
#[derive(Debug)]
pub(crate) struct Assembled {
    /// What the answer is purged by.
    pub(crate) surrogate_keys: SurrogateKeySet,
    pub(crate) outcome: Outcome,
}

/// What was found.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// A video to play, with its restrictions.
    Playable {
        /// The JSON of the answer.
        body: Vec<u8>,
        /// The rules of each layer there is.
        layers: Vec<(LayerKind, Rules)>,
    },
    /// A video that is switched off, unfinished or without sources.
    NotPlayable,
    /// No such video in the account.
    NoVideo,
    /// No such account.
    NoAccount,
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
    /// The video names a right that is not there: without its rules, anybody could play it.
    #[error("the playback right of the video is missing")]
    RightMissing,
    /// The answer could not be purged.
    #[error(transparent)]
    SurrogateKeys(#[from] InvalidSurrogateKey),
    /// The body is not JSON.
    #[error(transparent)]
    Body(#[from] serde_json::Error),
}

/// Assembles the answer to `request`.
pub(crate) fn assemble(
    request: &VideoRequest,
    record: &PlaybackRecord,
) -> Result<Assembled, AssembleError> {
    // What was asked for is a key even of a 404, so that the video's creation purges it.
    let asked = SurrogateKeySet::new(request.surrogate_keys())?;
    match record {
        PlaybackRecord::NoAccount => Ok(Assembled {
            surrogate_keys: asked,
            outcome: Outcome::NoAccount,
        }),
        PlaybackRecord::NoVideo => Ok(Assembled {
            surrogate_keys: asked,
            outcome: Outcome::NoVideo,
        }),
        PlaybackRecord::Video {
            account,
            video,
            right,
        } => Ok(Assembled {
            // Asked for by reference, it is the same video all the same.
            surrogate_keys: asked.with([SurrogateKey::video(&video.id)])?,
            outcome: found(request, account, video, right.as_deref())?,
        }),
    }
}

fn found(
    request: &VideoRequest,
    account: &Account,
    video: &Video,
    right: Option<&Right>,
) -> Result<Outcome, AssembleError> {
    if !video.fields.is_playable() {
        return Ok(Outcome::NotPlayable);
    }
    let named = |layer, rules: Result<Rules, InvalidField>| match rules {
        Ok(rules) => Ok((layer, rules)),
        Err(source) => Err(AssembleError::Layer { layer, source }),
    };
    let mut layers = vec![
        named(LayerKind::Account, account.fields.layer())?,
        named(LayerKind::Video, video.fields.layer())?,
    ];
    match (&video.fields.playback_rights_id, right) {
        (None, _) => {}
        (Some(_), Some(right)) => layers.push(named(LayerKind::Right, right.fields.layer())?),
        (Some(_), None) => return Err(AssembleError::RightMissing),
    }
    let body = serde_json::to_vec(&body::PlaybackVideo::new(
        video,
        request.ad_config_id.as_deref(),
    ))?;
    Ok(Outcome::Playable { body, layers })
}
