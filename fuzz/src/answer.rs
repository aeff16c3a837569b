//! An origin's whole answer: status and request in the first line (`200 /videos/9`), then its headers,
//! an empty line, and the body.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use playback_policy::{
    Answer, EntryHead, Limits, Overlay, PlaybackRequest, SurrogateKeySet, is_none_match,
};

use crate::{input::byte_lines, origin};

const LIMITS: Limits = Limits {
    body: 4096,
    rules: 512,
};
const A_YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// Fastly's limit on the labels of an answer, joined by spaces.
const LONGEST_LABELS: usize = 16_384;

/// An answer is refused, or can be cached: what is written is read again, whole; it can be purged by the
/// labels of its request; nothing lives for more than a year.
pub fn answer(data: &[u8]) {
    let end = data.windows(2).position(|two| two == b"\n\n");
    let (head, body) = data.split_at(end.unwrap_or(data.len()));
    let body = body.get(2..).unwrap_or_default();
    let mut lines = byte_lines(head);
    let first = lines.next().map(std::str::from_utf8);
    let Some(Ok((status, target))) = first.map(|line| line.map(first_word)) else {
        return;
    };
    let Ok(status) = StatusCode::from_bytes(status.as_bytes()) else {
        return;
    };
    let Some(request) = origin::request(target) else {
        return;
    };
    let headers: HeaderMap = lines.filter_map(header).collect();
    for overlay in [Overlay::Edge, Overlay::Origin] {
        let body = body.to_vec();
        let answer = Answer::check(&request, overlay, status, &headers, body, LIMITS);
        if let Ok(answer) = answer {
            can_be_cached(&request, &answer);
            is_known_by_its_tag(&answer.entry.etag, &headers);
        }
    }
}

fn first_word(line: &str) -> (&str, &str) {
    line.split_once(' ').unwrap_or((line, ""))
}

fn header(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = line.split_at(colon);
    let value = value.get(1..)?.trim_ascii();
    Some((
        HeaderName::from_bytes(name).ok()?,
        HeaderValue::from_bytes(value).ok()?,
    ))
}

fn can_be_cached(request: &PlaybackRequest, answer: &Answer) {
    let Answer {
        entry,
        surrogate_keys,
        max_age,
    } = answer;
    let (metadata, front) = (entry.metadata(), entry.front());
    let head = EntryHead::read(&metadata).expect("what was written is read");
    assert_eq!((head.kind, head.etag), (entry.kind, entry.etag.as_str()));
    assert_eq!(head.front_len, front.len());
    let plan = head.plan(&front).expect("what was compiled is read");
    if let Some(tokens) = &plan.tokens {
        assert_eq!(tokens.keys().check(), Ok(()), "keys that were checked");
    }
    assert_eq!(entry.kind.error().is_some(), entry.body.is_empty());

    let labels = surrogate_keys.to_string();
    assert!(labels.len() <= LONGEST_LABELS, "{labels}");
    assert_eq!(
        labels.parse::<SurrogateKeySet>().as_ref(),
        Ok(surrogate_keys)
    );
    let has = |own| surrogate_keys.iter().any(|key| *key == own);
    assert!(request.surrogate_keys().into_iter().all(has), "{labels}");
    assert!(*max_age <= A_YEAR, "{max_age:?}");
}

/// Whoever has the answer says so by its tag, weak or strong, among others.
fn is_known_by_its_tag(etag: &str, headers: &HeaderMap) {
    let sent = headers.get_all("if-none-match").iter();
    let sent: Vec<&[u8]> = sent.map(HeaderValue::as_bytes).collect();
    let _is_known = is_none_match(sent.iter().copied(), etag);
    for own in [format!("\"{etag}\""), format!("\"x\" , W/\"{etag}\"")] {
        let all = sent.iter().copied().chain([own.as_bytes()]);
        assert!(is_none_match(all, etag), "{own}");
    }
}
