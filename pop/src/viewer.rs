//! Who is watching: a request to a local POP may name any viewer it likes.

use std::fmt;
use std::net::IpAddr;

use hyper::header::{HeaderMap, HeaderName};

/// A viewer header that does not name exactly one address.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct InvalidViewer {
    header: HeaderName,
    reason: &'static str,
}

/// Takes the viewer's address out of the headers: `203.0.113.7` or `2001:db8::7`, no brackets, no port.
///
/// Every copy of the header is gone afterwards, whatever the outcome: the program must behave as it
/// does in production, where there is no such header. Nothing is returned if there was none.
///
/// # Errors
///
/// [`InvalidViewer`] for something else than an address, or for more than one header: who names their
/// viewer wrongly must not be taken for somebody else.
pub(crate) fn take(
    headers: &mut HeaderMap,
    header: &HeaderName,
) -> Result<Option<IpAddr>, InvalidViewer> {
    let copies = headers.get_all(header).iter().count();
    let Some(value) = headers.remove(header) else {
        return Ok(None);
    };
    let invalid = |reason| InvalidViewer {
        header: header.clone(),
        reason,
    };
    if copies > 1 {
        return Err(invalid("was given more than once"));
    }
    value
        .to_str()
        .ok()
        .and_then(|text| text.parse().ok())
        .map(Some)
        .ok_or_else(|| {
            invalid(
                "must be an IPv4 or IPv6 address without brackets and port, such as `203.0.113.7`",
            )
        })
}

impl fmt::Display for InvalidViewer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the header `{}` {}", self.header, self.reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEWER: HeaderName = HeaderName::from_static("local-viewer");

    fn headers(viewers: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(
            "accept",
            "application/json".parse().expect("a header value"),
        );
        for viewer in viewers {
            headers.append(VIEWER, viewer.parse().expect("a header value"));
        }
        headers
    }

    #[test]
    fn ok_address_of_either_family() {
        for address in ["203.0.113.7", "2001:db8::7", "::ffff:203.0.113.7"] {
            let mut headers = headers(&[address]);
            assert_eq!(
                take(&mut headers, &VIEWER),
                Ok(address.parse().ok()),
                "{address}"
            );
            assert!(!headers.contains_key(VIEWER), "{address}");
        }
    }

    #[test]
    fn ok_no_header_leaves_the_others_alone() {
        let mut headers = headers(&[]);
        assert_eq!(take(&mut headers, &VIEWER), Ok(None));
        assert_eq!(headers.len(), 1);
    }

    #[test]
    fn err_not_exactly_one_address_and_every_copy_is_gone() {
        let rows: [&[&str]; 8] = [
            &[""],
            &["somebody"],
            &["203.0.113.7:443"],
            &["[2001:db8::7]"],
            &["203.0.113.0/24"],
            &["203.0.113.7, 203.0.113.8"],
            &["203.0.113.7", "203.0.113.7"],
            &["fe80::1%eth0"],
        ];
        for row in rows {
            let mut headers = headers(row);
            take(&mut headers, &VIEWER).expect_err(&format!("{row:?}"));
            assert!(!headers.contains_key(VIEWER), "{row:?}");
        }
    }
}
