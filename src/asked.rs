//! What the cache and the origin are asked.

use playback_policy::{CacheKey, Hex, Overlay, PlaybackRequest};

use crate::{config::Config, policy_key::Key};

/// A request as cache and origin know it. The viewer is not in it.
pub(crate) struct Asked<'a> {
    pub(crate) request: &'a PlaybackRequest,
    pub(crate) cache_key: CacheKey,
    /// Who lays the key's rules over the answer. Where there is no key, nobody has to.
    pub(crate) overlay: Overlay,
    /// The verified key, where the origin overlays it.
    pub(crate) policy_key: Option<&'a str>,
}

impl<'a> Asked<'a> {
    pub(crate) fn new(request: &'a PlaybackRequest, key: Option<&'a Key>, config: &Config) -> Self {
        match (config.overlay, key) {
            (Overlay::Origin, Some(Key { text, .. })) => Self::of_key(request, text),
            (Overlay::Origin, None) | (Overlay::Edge, _) => Self::of_all(request),
        }
    }

    /// What another POP asks for, which has verified the key.
    pub(crate) fn by_pop(request: &'a PlaybackRequest, key: Option<&'a str>) -> Self {
        match key {
            Some(text) => Self::of_key(request, text),
            None => Self::of_all(request),
        }
    }

    fn of_all(request: &'a PlaybackRequest) -> Self {
        Self {
            request,
            cache_key: request.cache_key(),
            overlay: Overlay::Edge,
            policy_key: None,
        }
    }

    fn of_key(request: &'a PlaybackRequest, text: &'a str) -> Self {
        let digest = Hex::sha256(&[text.as_bytes()]);
        Self {
            request,
            cache_key: request.cache_key().of_policy_key(digest),
            overlay: Overlay::Origin,
            policy_key: Some(text),
        }
    }
}
