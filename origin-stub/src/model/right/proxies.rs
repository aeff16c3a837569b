//! Which proxies a playback right blocks.

use playback_policy::{ProxyClass, ProxyClasses};
use serde::{Deserialize, Serialize};

use super::reading::Reading;

/// The classes of proxy that are blocked.
///
/// # Source
///
/// Playback Rights API, `blocked_proxies`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "an object")]
pub(super) struct BlockedProxies {
    anonymous: bool,
    public: bool,
    corporate: bool,
    transparent: bool,
    hosting: bool,
}

impl BlockedProxies {
    pub(super) fn classes(self, reading: &Reading) -> ProxyClasses {
        let blocked = [
            (self.anonymous, reading.anonymous),
            (self.public, &[ProxyClass::Public]),
            (self.corporate, &[ProxyClass::Corporate]),
            (self.transparent, &[ProxyClass::Transparent]),
            (self.hosting, &[ProxyClass::Hosting]),
        ];
        let blocked = blocked.into_iter().filter(|(is_blocked, _)| *is_blocked);
        blocked.flat_map(|(_, classes)| classes).copied().collect()
    }
}
