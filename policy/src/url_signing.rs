//! Signed URLs: addresses that open for a while, for whoever was allowed to play.
//!
//! A cached body would die with the tokens in its URLs. So it is cached without them; the edge
//! signs each URL as it delivers the body, and whoever serves the media verifies the token.
//!
//! ```text
//! url     = https://host/prefix/file ? parameter = token
//! token   = expires "." depth "." network "." key "." mac
//! expires = seconds since 1970 UTC, the first at which it is no longer good
//! depth   = how many folders of the path it opens, with everything below them
//! network = length of the viewer's prefix that it is bound to, 0 for none: 24 (IPv4), 56 (IPv6)
//! key     = the signing key's name
//! mac     = base64url of the first 16 bytes of
//!           HMAC-SHA256(secret, context · key · expires · host · prefix · network), parts ended by newlines
//! ```

mod header;
mod token;

use std::{fmt, net::IpAddr};

use hmac::{Hmac, KeyInit};
use sha2::Sha256;
use thiserror::Error;

use crate::network::Network;

pub use header::InvalidUrlSigning;
pub use token::InvalidUrlToken;

/// How the URLs of an answer are signed: the header `Playback-Url-Signing`, an RFC 9651 dictionary
/// such as `key="media-1", hosts=("media.example.com"), lifetime=21600, parameter="token"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlSigning {
    /// The name of the signing key: 1 to 32 of `[A-Za-z0-9_-]`.
    pub key: String,
    /// Which URLs: those with one of these hosts, `host` or `host:port`, in lower case.
    pub hosts: Vec<String>,
    /// How long they are good at least, in seconds; at most an eighth longer.
    pub lifetime: u32,
    /// The name of the query parameter: 1 to 32 of `[A-Za-z0-9_-]`.
    pub parameter: String,
    /// Whom they are good for.
    pub bind: Bind,
}

/// The terms on which URLs are signed, without the hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UrlTerms<'a> {
    /// The name of the signing key.
    pub key: &'a str,
    /// The name of the query parameter.
    pub parameter: &'a str,
    /// How long they are good at least, in seconds.
    pub lifetime: u32,
    /// Whom they are good for.
    pub bind: Bind,
}

/// Whom a signed URL is good for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bind {
    /// Everybody.
    #[default]
    Nobody,
    /// The viewer's network, `/24` or `/56`: wide enough that a phone keeps it for a while.
    Network,
}

/// What one token opens: everything in a folder of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UrlTarget<'a> {
    /// `host`, or `host:port` where the port is not the scheme's own.
    pub host: &'a str,
    /// The folders, `/` at both ends.
    pub prefix: &'a str,
}

/// A secret that signs URLs, and its name.
#[derive(Clone)]
pub struct UrlSigningKey {
    name: String,
    mac: Hmac<Sha256>,
}

/// The name or the secret cannot be a signing key's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected a name of 1 to 32 of `A-Z a-z 0-9 _ -` and a secret of at least 32 bytes")]
pub struct InvalidUrlSigningKey(());

impl UrlSigningKey {
    /// A signing key.
    ///
    /// # Errors
    ///
    /// When the name is not one, or the secret has less than 32 bytes.
    pub fn new(name: &str, secret: &[u8]) -> Result<Self, InvalidUrlSigningKey> {
        if !header::is_name(name) || secret.len() < 32 {
            return Err(InvalidUrlSigningKey(()));
        }
        let mac = Hmac::new_from_slice(secret).map_err(|_| InvalidUrlSigningKey(()))?;
        Ok(Self {
            name: name.to_owned(),
            mac,
        })
    }

    /// The name URLs and answers name it by.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl UrlSigning {
    /// The terms alone, for URLs that are already found.
    #[must_use]
    pub fn terms(&self) -> UrlTerms<'_> {
        UrlTerms {
            key: &self.key,
            parameter: &self.parameter,
            lifetime: self.lifetime,
            bind: self.bind,
        }
    }
}

impl UrlTerms<'_> {
    /// When a URL signed at `now` expires, in seconds since 1970 UTC. The same for an eighth of a
    /// lifetime, so that answers can be compared.
    #[must_use]
    pub fn expires(&self, now: i64) -> i64 {
        let lifetime = i64::from(self.lifetime);
        let step = (lifetime / 8).max(1);
        now - now.rem_euclid(step) + step + lifetime
    }

    /// The network that a viewer's URLs are bound to, if they are.
    #[must_use]
    pub fn network(&self, viewer: IpAddr) -> Option<Network> {
        match self.bind {
            Bind::Nobody => None,
            Bind::Network => Some(token::network_of(viewer)),
        }
    }
}

impl fmt::Debug for UrlSigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UrlSigningKey({}, redacted)", self.name)
    }
}

#[cfg(test)]
mod tests;
