//! Sites: where a player is embedded, and the patterns rules name them by.

use std::{fmt, str::FromStr};

use thiserror::Error;
use url::{Host, Url};

/// The site that embeds the player, as the viewer's `Origin` or `Referer` tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Site {
    /// Neither header was sent: an app, or a tool. `domain-missing` decides.
    #[default]
    Missing,
    /// A header was sent but names no site: `null`, garbage, or `Origin` twice. A page can hide
    /// behind that at will, so any domain rule at all refuses it.
    Opaque,
    /// A site on the web.
    Known {
        /// Scheme, host and port (unless it is the scheme's own), such as `https://example.com`.
        origin: String,
        /// Where in `origin` the host begins and ends.
        host: (usize, usize),
    },
}

/// Sites as a rule names them.
///
/// Case does not matter, international names are compared in ASCII (`xn--…`), and a trailing dot is
/// dropped.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DomainPattern {
    /// `https://www.example.com`: exactly this scheme, host and port.
    Origin(String),
    /// `example.com`: this host, whatever the scheme and port.
    Host(String),
    /// `*.example.com`: every host below, at any depth, but not `example.com` itself.
    Below(String),
}

/// The text is not a pattern for sites.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected `https://www.example.com`, `example.com` or `*.example.com`")]
pub struct InvalidDomainPattern(());

// === impl Site ===

impl Site {
    /// Reads the site from the values of `Origin` and `Referer`.
    ///
    /// `Origin` decides when there is one, since scripts cannot forge it; only without it does the
    /// `Referer` count. `origins` are all values of `Origin` that came.
    ///
    /// # Source
    ///
    /// RFC 6454 §7, RFC 9110 §10.1.3.
    #[must_use]
    pub fn from_headers<'a>(
        origins: impl IntoIterator<Item = &'a [u8]>,
        referer: Option<&[u8]>,
    ) -> Self {
        let mut origins = origins.into_iter();
        match (origins.next(), origins.next(), referer) {
            (Some(origin), None, _) => Self::parse(origin, IsOrigin::Yes),
            (Some(_), Some(_), _) => Self::Opaque,
            (None, _, Some(referer)) => Self::parse(referer, IsOrigin::No),
            (None, _, None) => Self::Missing,
        }
    }

    fn parse(value: &[u8], is_origin: IsOrigin) -> Self {
        let parsed = std::str::from_utf8(value)
            .ok()
            .filter(|text| text.len() <= MAX_HEADER)
            .and_then(|text| Url::parse(text).ok())
            .filter(|url| matches!(is_origin, IsOrigin::No) || is_bare(url));
        parsed
            .and_then(|url| Self::from_url(&url))
            .unwrap_or(Self::Opaque)
    }

    fn from_url(url: &Url) -> Option<Self> {
        let host = normalise(url.host_str()?)?;
        let start = url.scheme().len() + "://".len();
        let end = start + host.len();
        Some(Self::Known {
            origin: origin_of(url, &host)?,
            host: (start, end),
        })
    }

    /// Scheme, host and port, when the site is known.
    #[must_use]
    pub fn origin(&self) -> Option<&str> {
        match self {
            Self::Known { origin, .. } => Some(origin),
            Self::Missing | Self::Opaque => None,
        }
    }

    /// The host alone, when the site is known.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        match self {
            Self::Known {
                origin,
                host: (start, end),
            } => origin.get(*start..*end),
            Self::Missing | Self::Opaque => None,
        }
    }
}

/// A longer `Origin` or `Referer` is nobody's honest site.
const MAX_HEADER: usize = 8 * 1024;

#[derive(Clone, Copy)]
enum IsOrigin {
    Yes,
    No,
}

/// Whether nothing follows the authority: an `Origin` has no path.
fn is_bare(url: &Url) -> bool {
    url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
}

fn origin_of(url: &Url, host: &str) -> Option<String> {
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    // `Url` has dropped the scheme's own port.
    Some(match url.port() {
        Some(port) => format!("{}://{host}:{port}", url.scheme()),
        None => format!("{}://{host}", url.scheme()),
    })
}

/// A host in ASCII and lower case, without a trailing dot.
fn normalise(host: &str) -> Option<String> {
    let host = Host::parse(host).ok()?.to_string();
    let host = host.strip_suffix('.').unwrap_or(&host);
    // The URL standard lets a `*` be part of a name; here it would look like a wildcard.
    let is_name = !host.is_empty() && !host.ends_with('.') && !host.contains('*');
    is_name.then(|| host.to_owned())
}

// === impl DomainPattern ===

impl DomainPattern {
    /// Whether the site is one the pattern names.
    #[must_use]
    pub fn matches(&self, site: &Site) -> bool {
        let (Some(origin), Some(host)) = (site.origin(), site.host()) else {
            return false;
        };
        match self {
            Self::Origin(pattern) => pattern == origin,
            Self::Host(pattern) => pattern == host,
            Self::Below(apex) => parents(host).any(|parent| parent == apex),
        }
    }
}

/// The domains above a host: `b.example.com` has `example.com` and `com`.
pub(crate) fn parents(host: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(host.split_once('.'), |(_, rest)| rest.split_once('.'))
        .map(|(_, parent)| parent)
}

impl FromStr for DomainPattern {
    type Err = InvalidDomainPattern;

    fn from_str(text: &str) -> Result<Self, InvalidDomainPattern> {
        let invalid = InvalidDomainPattern(());
        if text.contains("://") {
            let url = Url::parse(text).ok().filter(is_bare).ok_or(invalid)?;
            // A pattern with a slash at its end is a page, not an origin: refuse to guess.
            let host = url.host_str().and_then(normalise).ok_or(invalid)?;
            return match text.ends_with('/') {
                true => Err(invalid),
                false => origin_of(&url, &host).map(Self::Origin).ok_or(invalid),
            };
        }
        let is_host = |host: &str| !host.contains(['/', ':', '@', '?', '#', '*', ' ', '%']);
        if let Some(apex) = text.strip_prefix("*.") {
            // Nothing is below an address: such a rule would match nobody, silently.
            let is_name =
                |apex: &&str| is_host(apex) && matches!(Host::parse(apex), Ok(Host::Domain(_)));
            let apex = Some(apex).filter(is_name).and_then(normalise);
            return apex.map(Self::Below).ok_or(invalid);
        }
        let host = Some(text).filter(|text| is_host(text)).and_then(normalise);
        host.map(Self::Host).ok_or(invalid)
    }
}

impl fmt::Display for DomainPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Origin(text) | Self::Host(text) => f.write_str(text),
            Self::Below(apex) => write!(f, "*.{apex}"),
        }
    }
}

#[cfg(test)]
mod tests;
