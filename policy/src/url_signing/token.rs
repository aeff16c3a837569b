//! The token in a signed URL.

use std::{fmt::Write, net::IpAddr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::Mac;
use percent_encoding::percent_decode_str;
use thiserror::Error;

use super::{UrlSigningKey, UrlTarget};
use crate::network::Network;

/// The token opens nothing, or not this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidUrlToken {
    /// Not the form of a token.
    #[error("not the form of a token")]
    Malformed,
    /// No live key made it for this address.
    #[error("not signed for this address by a live key")]
    Forged,
    /// It was good once.
    #[error("the token has expired")]
    Expired,
}

/// Keeps a mac made for anything else with the same secret from being a URL's.
const CONTEXT: &str = "playback-edge url";
const MAC: usize = 16;
const V4_PREFIX: u8 = 24;
const V6_PREFIX: u8 = 56;

/// The network a viewer's URLs are bound to.
pub(super) fn network_of(viewer: IpAddr) -> Network {
    Network::of(viewer, V4_PREFIX, V6_PREFIX)
}

impl<'a> UrlTarget<'a> {
    /// The folder that a path lies in.
    #[must_use]
    pub fn of(host: &'a str, path: &'a str) -> Self {
        let end = path.rfind('/').map_or(0, |at| at + 1);
        Self {
            host,
            prefix: path.get(..end).unwrap_or_default(),
        }
    }

    /// How many folders deep it is.
    fn depth(&self) -> usize {
        self.prefix.matches('/').count().saturating_sub(1)
    }
}

impl UrlSigningKey {
    /// The token that opens a folder until `expires`, for a network's viewers or for everybody.
    #[must_use]
    pub fn token(&self, target: UrlTarget<'_>, expires: i64, network: Option<Network>) -> String {
        let mac = self
            .mac_of(target, expires, network)
            .finalize()
            .into_bytes();
        let bound = network.map_or(0, |network| network.prefix_len());
        let mut token = format!("{expires}.{}.{bound}.{}.", target.depth(), self.name);
        URL_SAFE_NO_PAD.encode_string(mac.get(..MAC).unwrap_or_default(), &mut token);
        token
    }

    fn mac_of(
        &self,
        target: UrlTarget<'_>,
        expires: i64,
        network: Option<Network>,
    ) -> hmac::Hmac<sha2::Sha256> {
        let UrlTarget { host, prefix } = target;
        let mut signed = format!("{CONTEXT}\n{}\n{expires}\n{host}\n{prefix}\n", self.name);
        if let Some(network) = network {
            let _infallible = writeln!(signed, "{network}");
        }
        let mut mac = self.mac.clone();
        mac.update(signed.as_bytes());
        mac
    }

    /// Checks a token that came with a request for `path` (as it was sent, without the query) at
    /// `host` (in lower case), from `viewer`, at `now` in seconds since 1970 UTC. `keys` are the
    /// live ones. Gives the second at which it expires.
    ///
    /// # Errors
    ///
    /// [`InvalidUrlToken`].
    pub fn verify(
        keys: &[Self],
        token: &str,
        (host, path): (&str, &str),
        viewer: IpAddr,
        now: i64,
    ) -> Result<i64, InvalidUrlToken> {
        use InvalidUrlToken::{Expired, Forged, Malformed};
        let parts: Vec<_> = token.split('.').collect();
        let &[expires, depth, bound, name, mac] = parts.as_slice() else {
            return Err(Malformed);
        };
        let expires: i64 = expires.parse().map_err(|_| Malformed)?;
        let depth: usize = depth.parse().map_err(|_| Malformed)?;
        let bound: u8 = bound.parse().map_err(|_| Malformed)?;
        let mac = URL_SAFE_NO_PAD.decode(mac).map_err(|_| Malformed)?;
        if mac.len() != MAC {
            return Err(Malformed);
        }
        let is_own = |network: &Network| network.prefix_len() == bound;
        let network = match bound {
            0 => None,
            _ => Some(network_of(viewer))
                .filter(is_own)
                .ok_or(Forged)
                .map(Some)?,
        };
        let target = UrlTarget {
            host,
            prefix: prefix(path, depth).ok_or(Forged)?,
        };
        let key = keys.iter().find(|key| key.name == name).ok_or(Forged)?;
        key.mac_of(target, expires, network)
            .verify_truncated_left(&mac)
            .map_err(|_| Forged)?;
        // Only then is its expiry anybody's word.
        if now < expires {
            Ok(expires)
        } else {
            Err(Expired)
        }
    }
}

/// The first `depth` folders of a path, slashes at both ends. A path that could climb out of its
/// folder has none, however whoever serves it decodes the path.
fn prefix(path: &str, depth: usize) -> Option<&str> {
    let decoded: Vec<u8> = percent_decode_str(path).collect();
    let mut parts = decoded.split(|byte| matches!(byte, b'/' | b'\\'));
    let climbs = parts.any(|part| matches!(part, b"." | b".."));
    let (end, _) = path.match_indices('/').nth(depth)?;
    path.get(..=end).filter(|_| !climbs)
}
