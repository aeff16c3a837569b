//! Whatever comes, it is read or refused.

use http::{HeaderMap, StatusCode};
use playback_policy::{
    Answer, EntryHead, Layout, Limits, Overlay, Query, Route, Selection, Sort, UrlSigning,
    UrlSigningKey, UrlTarget, Viewer,
};
use proptest::{collection::vec, prelude::*, sample::select};
use serde::de::IgnoredAny;
use serde_json::Value;

/// Texts of the syntax of everything that is read here.
fn noise() -> impl Strategy<Value = String> {
    #[rustfmt::skip]
    let pieces = [
        "\"", "\\", "\\u0022", "\\ud800", "(", ")", "{", "}", "[", "]", ",", ":", ";", "=", "+",
        "-", "..", ".", "/", "%", "%2", "%ff", "%2e", "#", "?", "&", " ", "\t", "\0", "🦆", "é",
        "1", "NOW", "2026-02-29", "9999999999999999999999", "created_at:", "name:", "id:", "key",
        "hosts", "lifetime=", "parameter", "bind", "/playback/v1/accounts/1/videos", "/related",
        "ref:", "limit=", "offset=", "q=", "sort=", "src", "\"src\":", "https://m.example/",
        "$rules", "videos", "account_id", "null", "\u{feff}", "\u{2028}",
    ];
    prop_oneof![
        3 => vec(select(pieces.to_vec()), 0..16).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
    ]
}

const LIST: &str = concat!(
    r##"{"id":"1","account_id":"1","src":"https://m.example/x?y#z","videos":["##,
    r#"{"account_id":"1","poster":"https:\/\/m.example\/a\/","#,
    r#""$rules":{"video":"until=@9","right":"geo-allow=(\"DE\")"}},"#,
    r#"{"account_id":"1","$rules":{"video":"geo-default=deny"}}]}"#,
);

fn headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("surrogate-key", "x"),
        ("playback-account-rules", "geo-default=allow"),
        ("playback-video-rules", "geo-default=allow"),
        (
            "playback-url-signing",
            r#"key="k", hosts=("m.example"), lifetime=60, parameter="t""#,
        ),
    ] {
        headers.insert(name, value.parse().unwrap());
    }
    headers
}

/// What a viewer gets of an origin's answer, if that is not refused.
fn show(path: &str, body: &str) -> Option<Vec<u8>> {
    let path = format!("/playback/v1/accounts/1{path}");
    let Ok(Route::Playback(request)) = Route::parse(&path, None) else {
        panic!("{path}");
    };
    let (status, body) = (StatusCode::OK, body.as_bytes().to_vec());
    let answer = Answer::check(
        &request,
        Overlay::Edge,
        status,
        &headers(),
        body,
        Limits::EDGE,
    );
    let entry = answer.ok()?.entry;
    let (metadata, front) = (entry.metadata(), entry.front());
    let plan = EntryHead::read(&metadata).unwrap().plan(&front).unwrap();
    let selection = plan.layout.select(&viewer()).unwrap();
    let sign = |_: UrlTarget<'_>| "t=1".to_owned();
    let rendered = plan.layout.render(&entry.body, &selection, None, sign);
    Some(rendered.unwrap())
}

/// Half of a surrogate pair is passed on: JSON has it, texts have not.
fn to_value(json: &[u8]) -> Option<Value> {
    serde_json::from_slice::<IgnoredAny>(json).unwrap();
    serde_json::from_slice(json).ok()
}

fn viewer() -> Viewer {
    Viewer::new([203, 0, 113, 7].into(), 0)
}

/// Reads what may be a layout or an entry, and uses what can be read.
fn use_bytes(bytes: &[u8]) {
    if let Ok(layout) = Layout::read(bytes) {
        let selection = layout.select(&viewer()).unwrap_or_default();
        for selection in [selection, Selection::default()] {
            let _refused = layout.render(bytes, &selection, Some("[]"), |_| String::new());
        }
    }
    if let Ok(head) = EntryHead::read(bytes) {
        let _refused = head.plan(bytes);
        let _refused = head.plan(&[]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(one in noise(), other in noise(), now in any::<i32>()) {
        if let Ok(query) = one.parse::<Query>() {
            prop_assert_eq!(query.to_string().parse(), Ok(query), "{}", one);
        }
        let _refused = one.parse::<Sort>();
        let _refused = Route::parse(&one, Some(&other));
        let videos = "/playback/v1/accounts/1/videos";
        let _refused = Route::parse(videos, Some(&one));
        let _refused = Route::parse(&format!("{videos}/{one}"), Some(&other));
        let _refused = one.parse::<UrlSigning>();
        let header = format!(r#"key="k", parameter="t", lifetime=60, hosts=("{one}")"#);
        if let Ok(signing) = header.parse::<UrlSigning>() {
            prop_assert_eq!(signing.to_string().parse(), Ok(signing));
        }
        let keys = [UrlSigningKey::new("k", &[7; 32]).unwrap()];
        for token in [one.clone(), format!("9999999999.1.0.k.{one}")] {
            let asked = (other.as_str(), one.as_str());
            let found = UrlSigningKey::verify(&keys, &token, asked, viewer().ip, now.into());
            prop_assert!(found.is_err());
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(
        bytes in vec(any::<u8>(), 0..80), numbers in vec(0..4_u32, 0..24),
    ) {
        // Small numbers are likely counts and lengths.
        let numbers: Vec<u8> = numbers.into_iter().flat_map(u32::to_le_bytes).collect();
        use_bytes(&bytes);
        use_bytes(&[b"\0", numbers.as_slice()].concat());
        use_bytes(&[b"PE\x02\0\0\0\0", numbers.as_slice()].concat());
    }

    #[test]
    fn any_body_is_cut_or_refused(at in 0..LIST.len(), len in 0..6_usize, piece in noise()) {
        let rest = LIST.get(at + len..).unwrap_or_default();
        let damaged = format!("{}{piece}{rest}", &LIST[..at]);
        for body in [&damaged, &piece] {
            for path in ["/videos", "/playlists/1"] {
                let shown = show(path, body).and_then(|shown| to_value(&shown));
                let Some(shown) = shown else { continue };
                let mut items = shown["videos"].as_array().unwrap().iter();
                let is_leak = items.any(|item| item.get("$rules").is_some());
                prop_assert!(!is_leak, "{}", body);
            }
            show("/videos/1", body).and_then(|shown| to_value(&shown));
            if let Some(url) = show("/videos/1/low.mp4", body) {
                url::Url::parse(std::str::from_utf8(&url).unwrap()).unwrap();
            }
        }
    }
}
