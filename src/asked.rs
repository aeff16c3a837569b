//! What the cache and the origin are asked.

use playback_policy::{CacheKey, Hex, Overlay, PlaybackRequest};

use crate::config::Config;

/// A request as cache and origin know it. The viewer is not in it.
pub(crate) struct Asked<'a> {
    pub(crate) request: &'a PlaybackRequest,
    pub(crate) cache_key: CacheKey,
    /// The verified key, where the origin overlays it.
    pub(crate) policy_key: Option<&'a str>,
}

impl<'a> Asked<'a> {
    pub(crate) fn new(request: &'a PlaybackRequest, policy_key: &'a str, config: &Config) -> Self {
        let cache_key = request.cache_key();
        match config.overlay {
            Overlay::Edge => Self {
                request,
                cache_key,
                policy_key: None,
            },
            Overlay::Origin => Self {
                request,
                cache_key: cache_key.of_policy_key(Hex::sha256(&[policy_key.as_bytes()])),
                policy_key: Some(policy_key),
            },
        }
    }
}
