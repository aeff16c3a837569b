//! The policy key of a request, from the four places a player may put it.

use std::borrow::Cow;

use http::HeaderValue;
use thiserror::Error;

/// The credential a request carries.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Credential<'a>(&'a str);

/// There is no usable credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidCredential {
    /// No policy key anywhere.
    #[error("no policy key was sent")]
    Missing,
    /// A header that carries one is not text, or carries it in no known form.
    #[error("a header that should carry a policy key cannot be read")]
    Malformed,
    /// Two keys that differ: which of them decides must not depend on who reads the request.
    #[error("two different policy keys were sent")]
    Conflicting,
}

impl<'a> Credential<'a> {
    /// Finds the policy key in `Accept: application/json;pk=…`, `BCOV-Policy: …`,
    /// `Authorization: BCOV-Policy …`, or where a request for a static address brings it in its
    /// query: players open those without headers. The same key may be there several times.
    ///
    /// `values` gives all values of a header, by its name in lower case.
    ///
    /// # Errors
    ///
    /// [`InvalidCredential`], when there is none, or two that disagree.
    ///
    /// # Source
    ///
    /// Playback API contract, credentials.
    pub fn find<V>(
        values: impl Fn(&'static str) -> V,
        in_query: Option<&'a str>,
    ) -> Result<Self, InvalidCredential>
    where
        V: Iterator<Item = &'a HeaderValue>,
    {
        let mut found = Found(None);
        if let Some(key) = in_query {
            found.add(key)?;
        }
        for value in values("accept") {
            // An unreadable `Accept` is no reason to refuse a key sent elsewhere.
            for key in value.to_str().into_iter().flat_map(keys_in_accept) {
                found.add(key)?;
            }
        }
        for value in values("bcov-policy") {
            found.add(
                value
                    .to_str()
                    .map_err(|_| InvalidCredential::Malformed)?
                    .trim(),
            )?;
        }
        for value in values("authorization") {
            let value = value.to_str().map_err(|_| InvalidCredential::Malformed)?;
            match value.trim().split_once(' ') {
                Some((scheme, key)) if scheme.eq_ignore_ascii_case("bcov-policy") => {
                    found.add(key.trim())?;
                }
                // Another scheme is for somebody else.
                _ => {}
            }
        }
        found.0.map(Self).ok_or(InvalidCredential::Missing)
    }

    /// The key's text, unverified.
    #[must_use]
    pub fn as_str(&self) -> &'a str {
        self.0
    }
}

/// What the query of a static address brings to open it: a policy key, or a token.
///
/// # Source
///
/// Playback API contract, `bcov_auth` on static addresses.
#[must_use]
pub fn bcov_auth(query: &str) -> Option<Cow<'_, str>> {
    url::form_urlencoded::parse(query.as_bytes())
        .find_map(|(name, value)| (name == "bcov_auth" && !value.is_empty()).then_some(value))
}

/// The values of all parameters `pk` of all media ranges.
fn keys_in_accept(value: &str) -> impl Iterator<Item = &str> {
    let parameters = value.split(',').flat_map(|range| range.split(';').skip(1));
    parameters.filter_map(|parameter| {
        let (name, key) = parameter.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("pk")
            .then(|| key.trim().trim_matches('"'))
    })
}

struct Found<'a>(Option<&'a str>);

impl<'a> Found<'a> {
    fn add(&mut self, key: &'a str) -> Result<(), InvalidCredential> {
        match self.0 {
            Some(before) if before != key => Err(InvalidCredential::Conflicting),
            _ => {
                self.0 = Some(key);
                Ok(())
            }
        }
    }
}

impl std::fmt::Debug for Credential<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credential(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, HeaderName};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[track_caller]
    fn check(headers: &[(&'static str, &[u8])], want: Result<&str, InvalidCredential>) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(
                HeaderName::from_static(name),
                HeaderValue::from_bytes(value).unwrap(),
            );
        }
        assert_eq!(
            Credential::find(|name| map.get_all(name).iter(), None).map(|found| found.as_str()),
            want
        );
    }

    #[test]
    fn ok_in_each_of_the_places() {
        check(&[("accept", b"application/json;pk=abc")], Ok("abc"));
        check(
            &[("accept", b"application/json; PK = \"abc\" ;v=2, */*;q=0.1")],
            Ok("abc"),
        );
        check(
            &[("accept", b"text/html"), ("accept", b"*/*;pk=abc")],
            Ok("abc"),
        );
        check(&[("bcov-policy", b" abc ")], Ok("abc"));
        check(&[("authorization", b"bcov-policy abc")], Ok("abc"));
        check(
            &[("authorization", b"Bearer token"), ("bcov-policy", b"abc")],
            Ok("abc"),
        );
    }

    #[test]
    fn the_same_key_twice_is_one_key() {
        check(
            &[("accept", b"*/*;pk=abc;pk=abc"), ("bcov-policy", b"abc")],
            Ok("abc"),
        );
    }

    #[test]
    fn err_without_a_key_or_with_two() {
        use InvalidCredential::{Conflicting, Malformed, Missing};
        check(&[], Err(Missing));
        check(&[("accept", b"application/json")], Err(Missing));
        check(&[("accept", b"application/json;xpk=abc")], Err(Missing));
        check(&[("authorization", b"Bearer token")], Err(Missing));
        check(
            &[("accept", b"*/*;pk=abc"), ("bcov-policy", b"abd")],
            Err(Conflicting),
        );
        check(&[("bcov-policy", b"\xff")], Err(Malformed));
    }

    #[test]
    fn a_key_in_the_query_is_a_key_like_any() {
        let find = |in_query, in_header: &'static str| {
            let value = HeaderValue::from_static(in_header);
            let values = |name| (name == "bcov-policy").then_some(&value).into_iter();
            Credential::find(values, in_query).map(|found| found.as_str().to_owned())
        };
        assert_eq!(find(Some("abc"), "abc"), Ok("abc".to_owned()));
        assert_eq!(find(None, "abc"), Ok("abc".to_owned()));
        assert_eq!(
            find(Some("abd"), "abc"),
            Err(InvalidCredential::Conflicting)
        );
        let nothing = |_| std::iter::empty::<&HeaderValue>();
        let found = Credential::find(nothing, Some("abc"));
        assert_eq!(found.map(|found| found.as_str()), Ok("abc"));
    }

    #[test]
    fn a_key_is_not_printed() {
        assert_eq!(format!("{:?}", Credential("abc")), "Credential(redacted)");
    }

    #[test]
    fn a_static_address_brings_what_opens_it() {
        for (query, want) in [
            ("bcov_auth=a.b-c_d", Some("a.b-c_d")),
            ("x=1&bcov%5Fauth=%61b&y", Some("ab")),
            ("bcov_auth=&x", None),
            ("BCOV_AUTH=abc", None),
            ("", None),
        ] {
            assert_eq!(bcov_auth(query).as_deref(), want, "{query}");
        }
    }
}
