//! What opens a request. Each line is a header (`accept: …`), or a query behind a question mark.

use http::{HeaderMap, HeaderName, HeaderValue};
use playback_policy::{BearerToken, Credential, bcov_auth};

use crate::input::byte_lines;

/// The headers that can carry a policy key or a token.
const HEADERS: [&str; 3] = ["accept", "authorization", "bcov-policy"];

/// A key or token that is found was sent as it is, and is found in whatever order the headers come.
pub fn credentials(data: &[u8]) {
    let query = byte_lines(data).find_map(|line| line.strip_prefix(b"?"));
    let query = query.and_then(|query| std::str::from_utf8(query).ok());
    let in_query = query.and_then(bcov_auth);
    let in_query = in_query.as_deref();
    assert!(in_query != Some(""), "{query:?}");
    let mut lines: Vec<_> = byte_lines(data).collect();
    let sent = headers(&lines);
    lines.reverse();
    let reversed = headers(&lines);

    let key = find_key(&sent, in_query);
    assert_eq!(key, find_key(&reversed, in_query));
    if let Some(key) = key {
        assert!(was_sent(key, &sent, in_query), "{key}");
        assert_eq!(find_key(&sent, Some(key)), Some(key), "the same key twice");
        let is_in_header = find_key(&sent, None) == Some(key);
        let other = format!("{key}x");
        let is_found = find_key(&sent, Some(&other)).is_some();
        assert!(!is_in_header || !is_found, "two keys that differ: {key}");
    }
    let token = find_token(&sent, in_query);
    assert_eq!(token, find_token(&reversed, in_query));
    if let Some(token) = token {
        assert!(was_sent(token, &sent, in_query), "{token}");
        assert!(in_query == Some(token) || is_token68(token), "{token}");
    }
}

fn headers(lines: &[&[u8]]) -> HeaderMap {
    let header = |line: &&[u8]| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = line.split_at(colon);
        let name = HEADERS.into_iter().find(|known| known.as_bytes() == name)?;
        let value = HeaderValue::from_bytes(value.get(1..)?.trim_ascii()).ok()?;
        Some((HeaderName::from_static(name), value))
    };
    let mut headers = HeaderMap::new();
    for (name, value) in lines.iter().filter_map(header) {
        headers.append(name, value);
    }
    headers
}

fn find_key<'a>(headers: &'a HeaderMap, in_query: Option<&'a str>) -> Option<&'a str> {
    let found = Credential::find(|name| headers.get_all(name).iter(), in_query);
    found.ok().map(|found| found.as_str())
}

fn find_token<'a>(headers: &'a HeaderMap, in_query: Option<&'a str>) -> Option<&'a str> {
    let found = BearerToken::find(|name| headers.get_all(name).iter(), in_query);
    found.ok()?.map(|found| found.as_str())
}

fn was_sent(found: &str, headers: &HeaderMap, in_query: Option<&str>) -> bool {
    let mut texts = headers.values().filter_map(|value| value.to_str().ok());
    in_query == Some(found) || texts.any(|text| text.contains(found))
}

/// RFC 6750 §2.1: what a token in a header is made of.
fn is_token68(text: &str) -> bool {
    let is_inside = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    !text.is_empty() && text.bytes().all(is_inside)
}
