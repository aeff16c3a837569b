//! The surrogate keys that a purge names.

use std::fmt;

use axum::http::HeaderMap;
use serde::Deserialize;
use viceroy_lib::cache::SurrogateKey;

use super::answers::Refusal;

/// Keys in a batch. Source: fastly.com/documentation/reference/api/purging.
pub(super) const KEYS_LIMIT: usize = 256;

/// A key's length in bytes. Source: fastly.com/documentation/reference/http/http-headers/Surrogate-Key.
const KEY_LIMIT: usize = 1024;

/// Why a text is no surrogate key.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum InvalidKey {
    Empty,
    TooLong,
    /// A space, a control character, or something outside ASCII.
    NotAscii,
}

/// The body of a batch. Clients that use the header send an empty object, or no body at all.
#[derive(Debug, Default, Deserialize)]
struct Batch {
    #[serde(default)]
    surrogate_keys: Vec<String>,
}

/// A surrogate key: 1 to 1024 bytes of printable ASCII without spaces.
///
/// Nothing can carry another key, so a purge of it is a mistake somewhere.
///
/// # Errors
///
/// [`InvalidKey`] for anything else.
pub(super) fn parse(text: &str) -> Result<SurrogateKey, InvalidKey> {
    if text.is_empty() {
        return Err(InvalidKey::Empty);
    }
    if text.len() > KEY_LIMIT {
        return Err(InvalidKey::TooLong);
    }
    text.parse().map_err(|_| InvalidKey::NotAscii)
}

/// The keys of a batch, from the JSON body and the `Surrogate-Key` headers, each once.
///
/// # Errors
///
/// A body that is not the expected JSON, a key that is none, no key at all, or more than 256.
pub(super) fn of_batch(headers: &HeaderMap, body: &[u8]) -> Result<Vec<SurrogateKey>, Refusal> {
    let batch: Batch = if body.is_empty() {
        Batch::default()
    } else {
        serde_json::from_slice(body).map_err(|error| Refusal::InvalidBody(error.to_string()))?
    };
    let mut keys: Vec<_> = batch
        .surrogate_keys
        .iter()
        .map(|key| parse(key))
        .collect::<Result<_, _>>()?;
    for value in headers.get_all("surrogate-key") {
        let line = value.to_str().map_err(|_| InvalidKey::NotAscii)?;
        for key in line.split(' ').filter(|key| !key.is_empty()) {
            keys.push(parse(key)?);
        }
    }
    keys.sort();
    keys.dedup();
    match keys.len() {
        0 => Err(Refusal::NoKeys),
        1..=KEYS_LIMIT => Ok(keys),
        count => Err(Refusal::TooManyKeys(count)),
    }
}

impl fmt::Display for InvalidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "A surrogate key is empty"),
            Self::TooLong => write!(f, "A surrogate key is longer than {KEY_LIMIT} bytes"),
            Self::NotAscii => write!(f, "A surrogate key must be printable ASCII without spaces"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(header: &[&str], body: &str) -> Result<Vec<String>, Refusal> {
        let mut headers = HeaderMap::new();
        for line in header {
            headers.append("surrogate-key", line.parse().expect("a header value"));
        }
        let keys = of_batch(&headers, body.as_bytes())?;
        Ok(keys.iter().map(SurrogateKey::to_string).collect())
    }

    #[test]
    fn ok_key_up_to_the_limit() {
        for key in ["video-id-1", "~!*'();:@&=+$,/?#[]", &"k".repeat(KEY_LIMIT)] {
            assert_eq!(
                parse(key).map(|parsed| parsed.to_string()),
                Ok(key.to_owned())
            );
        }
    }

    #[test]
    fn err_key() {
        assert_eq!(parse(""), Err(InvalidKey::Empty));
        assert_eq!(parse(&"k".repeat(KEY_LIMIT + 1)), Err(InvalidKey::TooLong));
        for key in ["two keys", "tab\tbed", "naïve", "nul\0", "new\nline"] {
            assert_eq!(parse(key), Err(InvalidKey::NotAscii), "{key:?}");
        }
    }

    #[test]
    fn ok_batch_from_body_and_header_each_key_once() {
        let body = r#"{"surrogate_keys":["b","a","b"]}"#;
        assert_eq!(batch(&[], body).expect("two keys"), ["a", "b"]);
        assert_eq!(
            batch(&["a  c ", "d"], "").expect("three keys"),
            ["a", "c", "d"]
        );
        assert_eq!(batch(&["c a"], body).expect("three keys"), ["a", "b", "c"]);
        assert_eq!(batch(&["a"], "{}").expect("one key"), ["a"]);
    }

    #[test]
    fn ok_batch_of_256_and_err_batch_of_257() {
        let keys = |count: usize| {
            (0..count)
                .map(|n| format!("k{n}"))
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(batch(&[&keys(256)], "").expect("the limit").len(), 256);
        assert!(matches!(
            batch(&[&keys(257)], ""),
            Err(Refusal::TooManyKeys(257))
        ));
    }

    #[test]
    fn err_batch() {
        assert!(matches!(batch(&[], ""), Err(Refusal::NoKeys)));
        assert!(matches!(batch(&[" "], "{}"), Err(Refusal::NoKeys)));
        for body in [
            "keys",
            r#"{"surrogate_keys":"a"}"#,
            r#"{"surrogate_keys":[1]}"#,
        ] {
            assert!(
                matches!(batch(&[], body), Err(Refusal::InvalidBody(_))),
                "{body}"
            );
        }
        let spaced = r#"{"surrogate_keys":["a b"]}"#;
        assert!(matches!(
            batch(&[], spaced),
            Err(Refusal::InvalidKey(InvalidKey::NotAscii))
        ));
    }
}
