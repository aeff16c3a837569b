//! The origin's answer on its way from the shield POP to another POP.
//!
//! The shield keeps what the origin said, not what the edge made of it: who asks checks and compiles it
//! as if it came from the origin. So nobody is judged at the shield, and two versions of the edge
//! program understand each other, whatever their entries look like.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use thiserror::Error;

/// An origin's answer as it was received: nothing of it is checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginAnswer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, whole.
    pub body: Vec<u8>,
}

/// The bytes are not an origin's answer that a shield has written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the shield's copy of the origin's answer cannot be read")]
pub struct InvalidHop;

/// Says through how many tiers of caches the origin's purger purges. Where it is missing or less than
/// two, the shield keeps nothing: nobody would purge it.
const TIERS: &str = "playback-purge-tiers";

/// What a message begins with; the status follows.
const VERSION: &str = "HTTP/1.1 ";
const LINE_END: &str = "\r\n";
const HEAD_END: &[u8] = b"\r\n\r\n";

impl OriginAnswer {
    /// The media type of what [`Self::to_bytes`] writes.
    ///
    /// # Source
    ///
    /// RFC 9112 §10.2: a sequence of HTTP messages.
    pub const MEDIA_TYPE: &str = "application/http";

    /// How many bytes are in front of the body at most.
    pub const MAX_HEAD: usize = 256 * 1024;

    /// Whether the origin's purger reaches a copy at the shield.
    #[must_use]
    pub fn is_purged_at_shield(&self) -> bool {
        let mut values = self.headers.get_all(TIERS).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => value
                .to_str()
                .is_ok_and(|tiers| tiers.parse::<u8>().is_ok_and(|tiers| tiers >= 2)),
            _ => false,
        }
    }

    /// One HTTP message: the status, the headers that are the contract's, and the body.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{VERSION}{}{LINE_END}", self.status.as_u16()).into_bytes();
        let of_contract = |(name, _): &(&HeaderName, &HeaderValue)| {
            let name = name.as_str();
            name == "etag" || name.starts_with("playback-") || name.starts_with("surrogate-")
        };
        for (name, value) in self.headers.iter().filter(of_contract) {
            bytes.extend_from_slice(name.as_str().as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value.as_bytes());
            bytes.extend_from_slice(LINE_END.as_bytes());
        }
        bytes.extend_from_slice(LINE_END.as_bytes());
        bytes.extend_from_slice(&self.body);
        bytes
    }

    /// Reads what [`Self::to_bytes`] has written.
    ///
    /// # Errors
    ///
    /// [`InvalidHop`], for anything else.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidHop> {
        let searched = bytes.get(..Self::MAX_HEAD).unwrap_or(bytes);
        let end = searched
            .windows(HEAD_END.len())
            .position(|window| window == HEAD_END);
        let (head, body) = end
            .and_then(|end| bytes.split_at_checked(end))
            .ok_or(InvalidHop)?;
        let body = body.get(HEAD_END.len()..).ok_or(InvalidHop)?;
        let mut lines = Lines(Some(head));
        let status = lines
            .next()
            .and_then(|line| line.strip_prefix(VERSION.as_bytes()))
            .and_then(|status| StatusCode::from_bytes(status).ok())
            .ok_or(InvalidHop)?;
        let mut headers = HeaderMap::new();
        for line in lines {
            let colon = line.windows(2).position(|pair| pair == b": ");
            let (name, value) = colon
                .and_then(|at| line.split_at_checked(at))
                .ok_or(InvalidHop)?;
            let name = HeaderName::from_bytes(name).map_err(|_| InvalidHop)?;
            let value = value.get(2..).ok_or(InvalidHop)?;
            let value = HeaderValue::from_bytes(value).map_err(|_| InvalidHop)?;
            headers.try_append(name, value).map_err(|_| InvalidHop)?;
        }
        Ok(Self {
            status,
            headers,
            body: body.to_vec(),
        })
    }
}

/// What stands between line ends.
struct Lines<'a>(Option<&'a [u8]>);

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.0?;
        let end = LINE_END.as_bytes();
        let at = rest.windows(end.len()).position(|window| window == end);
        self.0 = at.and_then(|at| rest.get(at + end.len()..));
        rest.get(..at.unwrap_or(rest.len()))
    }
}

#[cfg(test)]
mod tests;
