//! The token of a request, from the two places a player may put it.

use std::fmt;

use http::HeaderValue;
use thiserror::Error;

use super::ViewerToken;

/// The text of the token a request carries, unverified.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BearerToken<'a>(&'a str);

/// There may be a token, but it cannot be told which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidBearer {
    /// A header that carries one cannot be read.
    #[error("a header that should carry a token cannot be read")]
    Malformed,
    /// Two tokens that differ: which of them decides must not depend on who reads the request.
    #[error("two different tokens were sent")]
    Conflicting,
}

impl<'a> BearerToken<'a> {
    /// Finds the token in `Authorization: Bearer …`, or where a request for a static address brings
    /// it in its query (see [`bcov_auth`](crate::bcov_auth)), which may be a policy key as well:
    /// that is no token. The same token may be there several times.
    ///
    /// `values` gives all values of a header, by its name in lower case.
    ///
    /// # Errors
    ///
    /// [`InvalidBearer`], when a header cannot be read, or two tokens disagree.
    ///
    /// # Source
    ///
    /// RFC 6750 §2.1, RFC 9110 §11.1 (the scheme in any case). Playback API contract,
    /// credentials.
    pub fn find<V>(
        values: impl Fn(&'static str) -> V,
        in_query: Option<&'a str>,
    ) -> Result<Option<Self>, InvalidBearer>
    where
        V: Iterator<Item = &'a HeaderValue>,
    {
        let mut found = in_query.filter(|text| ViewerToken::is_form(text));
        for value in values("authorization") {
            let value = value.to_str().map_err(|_| InvalidBearer::Malformed)?.trim();
            let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
            if !scheme.eq_ignore_ascii_case("bearer") {
                // Another scheme is for somebody else.
                continue;
            }
            let token = token.trim();
            if !is_token68(token) {
                return Err(InvalidBearer::Malformed);
            }
            match found {
                Some(before) if before != token => return Err(InvalidBearer::Conflicting),
                Some(_) | None => found = Some(token),
            }
        }
        Ok(found.map(Self))
    }

    /// The token's text, unverified.
    #[must_use]
    pub fn as_str(&self) -> &'a str {
        self.0
    }
}

/// The characters RFC 6750 gives a token, whatever it is.
fn is_token68(text: &str) -> bool {
    let text = text.trim_end_matches('=');
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte))
}

impl fmt::Debug for BearerToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerToken(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use InvalidBearer::{Conflicting, Malformed};
    use http::HeaderMap;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[track_caller]
    fn check(headers: &[&[u8]], in_query: Option<&str>, want: Result<Option<&str>, InvalidBearer>) {
        let mut map = HeaderMap::new();
        for value in headers {
            map.append("authorization", HeaderValue::from_bytes(value).unwrap());
        }
        let found = BearerToken::find(|name| map.get_all(name).iter(), in_query);
        assert_eq!(found.map(|found| found.map(|token| token.as_str())), want);
    }

    #[test]
    fn ok_in_the_header_or_in_the_query() {
        check(&[], None, Ok(None));
        check(&[b"Bearer a.b.c"], None, Ok(Some("a.b.c")));
        check(&[b"bEARER   a.b.c "], None, Ok(Some("a.b.c")));
        check(&[b"Bearer opaque=="], None, Ok(Some("opaque==")));
        check(&[], Some("a.b.c"), Ok(Some("a.b.c")));
        check(&[b"Bearer a.b.c"], Some("a.b.c"), Ok(Some("a.b.c")));
        check(&[b"Bearer a.b.c", b"Bearer a.b.c"], None, Ok(Some("a.b.c")));
    }

    #[test]
    fn a_policy_key_is_no_token() {
        check(&[b"BCOV-Policy a.b.c"], None, Ok(None));
        check(&[b"Bearer-Token a.b.c", b"Basic YTpi"], None, Ok(None));
        check(&[], Some("AQEbXJGrBzYs"), Ok(None));
        check(&[b"Bearer a.b.c"], Some("AQEbXJGrBzYs"), Ok(Some("a.b.c")));
    }

    #[test]
    fn err_when_it_cannot_be_told_which() {
        check(&[b"Bearer a.b.c", b"Bearer a.b.d"], None, Err(Conflicting));
        check(&[b"Bearer a.b.c"], Some("a.b.d"), Err(Conflicting));
        for value in [
            b"Bearer".as_slice(),
            b"Bearer ",
            b"Bearer ==",
            b"Bearer a.b.c, Bearer a.b.c",
            b"Bearer a b",
            b"Bearer a\tb",
            b"Bearer \"a.b.c\"",
            b"Bearer \xe4",
            b"\xff",
        ] {
            check(&[value], None, Err(Malformed));
        }
    }

    #[test]
    fn a_token_is_not_printed() {
        let printed = format!("{:?}", BearerToken("a.b.c"));
        assert_eq!(printed, "BearerToken(redacted)");
    }
}
