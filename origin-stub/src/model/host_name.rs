//! Bare names of hosts.

use std::{fmt, net::Ipv4Addr, str::FromStr};

use playback_policy::DomainPattern;
use thiserror::Error;

/// The name of a host, without scheme, port or wildcard: `www.example.com`. It stands for that host
/// alone and for none below it. International names are kept in ASCII (`xn--…`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HostName(
    // INVARIANT: a `DomainPattern::Host`, and no address.
    DomainPattern,
);

/// The text is no name of a host.
#[derive(Clone, Copy, Debug, Error)]
#[error(
    "expected the name of a host such as `www.example.com`, without scheme, port, path or \
     wildcard; `rules` take more"
)]
pub(crate) struct InvalidHostName(());

impl HostName {
    /// The sites on that host.
    pub(crate) fn pattern(&self) -> &DomainPattern {
        &self.0
    }
}

impl FromStr for HostName {
    type Err = InvalidHostName;

    fn from_str(text: &str) -> Result<Self, InvalidHostName> {
        match text.parse() {
            Ok(pattern @ DomainPattern::Host(_)) if !is_address(&pattern) => Ok(Self(pattern)),
            _ => Err(InvalidHostName(())),
        }
    }
}

/// Whether it is an address, however that was spelled: `1` is `0.0.0.1` to a browser.
fn is_address(host: &DomainPattern) -> bool {
    host.to_string().parse::<Ipv4Addr>().is_ok()
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ok_names_in_one_spelling() {
        for (text, want) in [
            ("www.example.com", "www.example.com"),
            ("Example.COM.", "example.com"),
            ("müller.example", "xn--mller-kva.example"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(text.parse::<HostName>().expect(text).to_string(), want);
        }
    }

    #[test]
    fn err_what_is_more_or_less_than_a_name() {
        for text in [
            "",
            "*",
            "*.com",
            "*.example.com",
            "https://example.com",
            "example.com:8080",
            "example.com/",
            "192.0.2.1",
            "0x7f.1",
            "1",
            "[2001:db8::1]",
            "2001:db8::1",
            "a b.example",
            ".",
        ] {
            assert!(text.parse::<HostName>().is_err(), "{text}");
        }
    }
}
