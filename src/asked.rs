//! What the cache and the origin are asked.

use playback_policy::{CacheKey, Hex, Overlay, PlaybackRequest};

use crate::{access::Key, config::Config};

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
        let cache_key = request.cache_key();
        match (config.overlay, key) {
            (Overlay::Origin, Some(Key { text, .. })) => Self {
                request,
                cache_key: cache_key.of_policy_key(Hex::sha256(&[text.as_bytes()])),
                overlay: Overlay::Origin,
                policy_key: Some(text),
            },
            (Overlay::Origin, None) | (Overlay::Edge, _) => Self {
                request,
                cache_key,
                overlay: Overlay::Edge,
                policy_key: None,
            },
        }
    }
}
