use super::*;
use crate::{Compiled, Decision, EntryHead, Layout, Route, Viewer, decide};
use http::{HeaderName, HeaderValue};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const BODY: &str =
    r#"{"id":"132413","account_id":"938456","reference_id":"match 1","name":"Final"}"#;
const PLAYLIST: &str = r#"{"id":"7","account_id":"938456","reference_id":"p","videos":[]}"#;
const HEADERS: [(&str, &str); 4] = [
    ("playback-account-rules", "geo-default=allow"),
    ("playback-video-rules", "geo-allow=(\"DE\")"),
    ("surrogate-key", "video-id-132413 account-id-938456"),
    ("etag", "\"1\""),
];

fn request(path: &str) -> PlaybackRequest {
    match Route::parse(&format!("/playback/v1/accounts/938456{path}"), None) {
        Ok(Route::Playback(request)) => request,
        other => panic!("{other:?}"),
    }
}

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in pairs {
        let name: HeaderName = name.parse().unwrap();
        map.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    map
}

fn check_path(path: &str, pairs: &[(&str, &str)], body: &str) -> Result<Answer, InvalidAnswer> {
    Answer::check(
        &request(path),
        Overlay::Edge,
        StatusCode::OK,
        &headers(pairs),
        body.into(),
        Limits::EDGE,
    )
}

#[test]
fn rules_that_only_report_are_kept_apart() {
    let header = ("playback-video-rules-report-only", "geo-deny=(\"DE\")");
    let answer = check(200, &[HEADERS.as_slice(), &[header]].concat(), BODY).unwrap();
    let rules = Compiled::read(&answer.entry.rules).unwrap();
    let mut viewer = Viewer::new([203, 0, 113, 7].into(), 0);
    viewer.place.country = "DE".parse().ok();
    assert_eq!(decide(&rules, &viewer), Decision::Allow);
    let Decision::Deny(denial) = crate::decide_reported(&rules, &viewer) else {
        panic!("it would refuse");
    };
    assert_eq!(
        (denial.layer, denial.member.as_str()),
        (LayerKind::Video, "geo-deny")
    );
    for text in ["", "moon-phase=full", "revoked-keys=(\"a\")"] {
        let header = ("playback-video-rules-report-only", text);
        let pairs = [HEADERS.as_slice(), &[header]].concat();
        assert!(check(200, &pairs, BODY).is_err(), "{text}");
    }
}

#[test]
fn a_search_whose_dates_move_is_kept_for_a_minute_at_most() {
    let max_age = |query: &str| {
        let route = Route::parse("/playback/v1/accounts/938456/videos", Some(query));
        let Ok(Route::Playback(request)) = route else {
            panic!("{query}");
        };
        let body = br#"{"count":0,"videos":[]}"#.to_vec();
        let map = headers(&HEADERS);
        let answer = Answer::check(
            &request,
            Overlay::Edge,
            StatusCode::OK,
            &map,
            body,
            Limits::EDGE,
        );
        answer.unwrap().max_age
    };
    assert_eq!(max_age("q=created_at:-2days.."), A_MINUTE);
    assert_eq!(max_age("q=created_at:2026-01-01.."), FOREVER);
}

fn check(status: u16, pairs: &[(&str, &str)], body: &str) -> Result<Answer, InvalidAnswer> {
    Answer::check(
        &request("/videos/132413"),
        Overlay::Edge,
        StatusCode::from_u16(status).unwrap(),
        &headers(pairs),
        body.into(),
        Limits::EDGE,
    )
}

/// The good headers, with one replaced or, by `None`, left out.
fn with(name: &'static str, value: Option<&'static str>) -> Vec<(&'static str, &'static str)> {
    let others = HEADERS.into_iter().filter(|(other, _)| *other != name);
    others.chain(value.map(|value| (name, value))).collect()
}

/// The good headers and one more.
fn and(name: &'static str, value: &'static str) -> Vec<(&'static str, &'static str)> {
    HEADERS.into_iter().chain([(name, value)]).collect()
}

#[test]
fn a_good_answer_is_kept_for_a_year() {
    let answer = check(200, &HEADERS, BODY).unwrap();
    assert_eq!(answer.max_age.as_secs(), 365 * 24 * 3600);
    let entry = &answer.entry;
    assert_eq!((entry.kind, entry.etag.as_str()), (EntryKind::Video, "1"));
    assert_eq!(entry.body, BODY.as_bytes());
    assert!(entry.layout.is_empty());
    assert_eq!(
        answer.surrogate_keys.to_string(),
        "account-id-938456 video-id-132413"
    );
}

#[test]
fn an_answer_to_a_reference_can_be_purged_by_it() {
    let answer = check_path("/videos/ref:match%201", &HEADERS, BODY);
    let keys = answer.unwrap().surrogate_keys.to_string();
    let has_both = keys.contains("video-id-132413") && keys.contains(" ref-id-");
    assert!(has_both, "{keys}");
    let answer = check_path("/playlists/ref:p", &HEADERS, PLAYLIST);
    let keys = answer.unwrap().surrogate_keys.to_string();
    assert!(keys.contains("playlist-ref-id-"), "{keys}");
}

#[test]
fn surrogate_control_may_shorten_but_not_lengthen() {
    let seconds = |value| {
        check(200, &and("surrogate-control", value), BODY).map(|answer| answer.max_age.as_secs())
    };
    assert_eq!(seconds("max-age=60"), Ok(60));
    assert_eq!(seconds("no-transform, Max-Age=0"), Ok(0));
    assert_eq!(seconds("max-age=99999999999"), Ok(365 * 24 * 3600));
    for bad in ["max-age=-1", "max-age", "no-store", "max-age=1e3"] {
        let want = Err(InvalidAnswer::Header("surrogate-control"));
        assert_eq!(seconds(bad), want, "{bad}");
    }
}

// === kinds ===

#[test]
fn the_contracts_errors_are_entries() {
    let keys = [("surrogate-key", "video-id-132413")];
    for (status, code, kind) in [
        (404, "VIDEO_NOT_FOUND", EntryKind::VideoNotFound),
        (404, "PLAYLIST_NOT_FOUND", EntryKind::PlaylistNotFound),
        (404, "RESOURCE_NOT_FOUND", EntryKind::ResourceNotFound),
        (404, "ACCOUNT_NOT_FOUND", EntryKind::AccountNotFound),
        (403, "VIDEO_NOT_PLAYABLE", EntryKind::VideoNotPlayable),
    ] {
        let body = format!(r#"[{{"error_code":"{code}","message":"x"}}]"#);
        let entry = check(status, &keys, &body).unwrap().entry;
        assert_eq!(entry.kind, kind);
        let error = kind.error().unwrap();
        assert_eq!((error.status(), error.code()), (status, code));
        assert_eq!(
            EntryHead::read(&entry.metadata()).map(|head| head.kind),
            Ok(kind)
        );
    }
}

#[test]
fn err_errors_that_are_not_the_contracts() {
    let keys = [("surrogate-key", "video-id-132413")];
    for (status, body) in [
        (404, "<html>not found</html>"),
        (404, "[]"),
        (404, r#"[{"error_code":"VIDEO_NOT_PLAYABLE"}]"#),
        (403, r#"[{"error_code":"VIDEO_NOT_FOUND"}]"#),
        (403, r#"[{"error_code":"ACCESS_DENIED"}]"#),
        (403, r#"{"error_code":"VIDEO_NOT_PLAYABLE"}"#),
        (
            404,
            r#"[{"error_code":"VIDEO_NOT_FOUND"},{"error_code":"VIDEO_NOT_FOUND"}]"#,
        ),
    ] {
        let found = check(status, &keys, body);
        assert_eq!(found, Err(InvalidAnswer::Error), "{status} {body}");
    }
    let body = r#"[{"error_code":"VIDEO_NOT_FOUND"}]"#;
    let found = check(404, &[], body);
    assert_eq!(found, Err(InvalidAnswer::Header("surrogate-key")));
}

#[test]
fn err_statuses_outside_the_contract() {
    for status in [201, 204, 206, 301, 302, 304, 400, 401, 410, 429, 500, 503] {
        let found = check(status, &HEADERS, BODY);
        assert_eq!(found, Err(InvalidAnswer::Status(status)));
    }
}

#[test]
fn lists_are_entries_of_their_own_kind() {
    let item = r#"{"account_id":"938456","$rules":{"video":"until=@9"},"id":"1"}"#;
    let list = format!(r#"{{"id":"7","account_id":"938456","videos":[{item}]}}"#);
    for path in ["/playlists/7", "/videos", "/videos/1/related"] {
        // Of the video's rules nothing is told: each item has its own.
        let entry = check_path(path, &with("playback-video-rules", None), &list)
            .unwrap()
            .entry;
        assert_eq!(entry.kind, EntryKind::List, "{path}");
        let want =
            r#"{"id":"7","account_id":"938456","videos":[{"account_id":"938456","id":"1"}]}"#;
        assert_eq!(entry.body, want.as_bytes(), "{path}");
        let layout = Layout::read(&entry.layout).unwrap();
        assert_eq!(layout.select(&viewer()).unwrap().left_out(), 1);
    }
}

#[test]
fn the_address_of_a_picture_is_an_entry_without_json() {
    let location = |src: &str| {
        let body = format!(r#"{{"id":"1","account_id":"938456","src":{src}}}"#);
        check_path("/videos/1/poster.jpg", &HEADERS, &body)
    };
    let entry = location(r#""HTTPS://Media.example.com/a b\u002fü.jpg?x=\"1\"""#)
        .unwrap()
        .entry;
    assert_eq!(entry.kind, EntryKind::Location);
    let want = "https://media.example.com/a%20b/%C3%BC.jpg?x=%221%22";
    assert_eq!(entry.body, want.as_bytes());
    for src in [
        r#""/a.jpg""#,
        r#""""#,
        r#""https://""#,
        r#""javascript:alert(1)""#,
        r#""data:image/png,x""#,
        "null",
        "7",
        r#"["https://media.example.com/a.jpg"]"#,
    ] {
        assert_eq!(location(src), Err(InvalidAnswer::Body), "{src}");
    }
    let other = r#"{"id":"2","account_id":"938456","src":"https://media.example.com/a"}"#;
    let found = check_path("/videos/1/poster.jpg", &HEADERS, other);
    assert_eq!(found, Err(InvalidAnswer::OtherResource));
}

#[test]
fn err_a_video_that_revokes_keys() {
    let revoking = r#"revoked-keys=("web-1")"#;
    let by = |name| check(200, &with(name, Some(revoking)), BODY);
    assert!(by("playback-account-rules").is_ok());
    for name in ["playback-video-rules", "playback-right-rules"] {
        let found = by(name);
        let is_refused = matches!(found, Err(InvalidAnswer::Rules { .. }));
        assert!(is_refused, "{name}: {found:?}");
    }
}

// === bodies ===

#[test]
fn err_bodies_that_are_not_what_was_asked_for() {
    for body in [
        "",
        "<html>",
        r#"{"id":"132413","account_id":"938456""#,
        r#"{"id":"132413","account_id":"938456"}{}"#,
        r#"{"id":"132413","id":"132413","account_id":"938456"}"#,
        "[]",
        "null",
        "{}",
        r#"{"id":132413,"account_id":"938456"}"#,
    ] {
        let found = check(200, &HEADERS, body);
        assert_eq!(found, Err(InvalidAnswer::Body), "{body}");
    }
    let other = |found| assert_eq!(found, Err(InvalidAnswer::OtherResource));
    let body = |text| check(200, &HEADERS, text);
    other(body(r#"{"id":"1","account_id":"938456"}"#));
    other(body(r#"{"id":"132413","account_id":"1"}"#));
    other(check_path("/videos/ref:132413", &HEADERS, BODY));
    other(check_path("/videos/ref:match", &HEADERS, BODY));
    other(check_path("/playlists/8", &HEADERS, PLAYLIST));
    other(check_path("/playlists/ref:P", &HEADERS, PLAYLIST));
    other(check_path(
        "/playlists/7",
        &HEADERS,
        &PLAYLIST.replace("938456", "1"),
    ));
    let large = format!("{{{}}}", " ".repeat(Limits::EDGE.body));
    let found = check(200, &HEADERS, &large);
    assert_eq!(found, Err(InvalidAnswer::TooLarge("body")));
}

#[test]
fn err_items_that_are_not_for_showing() {
    let list = |item: &str| {
        let body = format!(r#"{{"videos":[{item}]}}"#);
        check_path("/videos", &HEADERS, &body)
    };
    let none = list(r#"{"account_id":"938456","id":"1"}"#);
    assert_eq!(none, Err(InvalidAnswer::ItemWithoutRules));
    let other = list(r#"{"account_id":"1","$rules":{"video":"until=@9"}}"#);
    assert_eq!(other, Err(InvalidAnswer::OtherResource));
    let unreadable = list(r#"{"account_id":"938456","$rules":{"video":"later=1"}}"#);
    let Err(InvalidAnswer::Rules { layer, text, .. }) = unreadable else {
        panic!("{unreadable:?}");
    };
    assert_eq!((layer, text.as_str()), (LayerKind::Video, "later=1"));
}

// === headers ===

#[test]
fn err_restrictions_that_are_lost_or_unclear() {
    for name in ["playback-account-rules", "playback-video-rules"] {
        let want = Err(InvalidAnswer::Header(name));
        assert_eq!(check(200, &with(name, None), BODY), want);
        assert_eq!(check(200, &with(name, Some(" ")), BODY), want);
        let twice = and(name, "geo-default=allow");
        assert_eq!(check(200, &twice, BODY), want, "{name} twice");
    }
    let large = Limits {
        rules: 10,
        ..Limits::EDGE
    };
    let answer = Answer::check(
        &request("/videos/132413"),
        Overlay::Edge,
        StatusCode::OK,
        &headers(&HEADERS),
        BODY.into(),
        large,
    );
    assert_eq!(answer, Err(InvalidAnswer::TooLarge("rules header")));
    for bad in [
        "geo-allow=(",
        "later-member=1",
        "geo-deny=(\"XX\")",
        "<html>",
    ] {
        let layer_of = |pairs: &[(&str, &str)]| match check(200, pairs, BODY) {
            Err(InvalidAnswer::Rules { layer, .. }) => layer,
            other => panic!("{bad}: {other:?}"),
        };
        let video = with("playback-video-rules", Some(bad));
        assert_eq!(layer_of(&video), LayerKind::Video);
        assert_eq!(
            layer_of(&and("playback-right-rules", bad)),
            LayerKind::Right
        );
    }
}

fn viewer() -> Viewer {
    Viewer::new([203, 0, 113, 7].into(), 1_767_225_600)
}

#[test]
fn an_origin_that_overlays_tells_every_set_of_the_keys_rules() {
    let layer_of_refusal = |overlay, pairs: &[(&str, &str)]| {
        let answer = Answer::check(
            &request("/videos/132413"),
            overlay,
            StatusCode::OK,
            &headers(pairs),
            BODY.into(),
            Limits::EDGE,
        )?;
        let compiled = Compiled::read(&answer.entry.rules).unwrap();
        Ok(match decide(&compiled, &viewer()) {
            Decision::Allow => None,
            Decision::Deny(denial) => Some(denial.layer),
        })
    };
    let open = with("playback-video-rules", Some("geo-default=allow"));
    let with_keys = |sets: &[&'static str]| {
        let key = |set: &&'static str| ("playback-key-rules", *set);
        let all = open.iter().copied().chain(sets.iter().map(key));
        all.collect::<Vec<_>>()
    };
    let missing = Err(InvalidAnswer::Header("playback-key-rules"));
    assert_eq!(layer_of_refusal(Overlay::Edge, &open), Ok(None));
    assert_eq!(layer_of_refusal(Overlay::Origin, &open), missing);
    for (sets, want) in [
        (&["geo-default=allow"] as &[_], None),
        (&["until=@1"], Some(LayerKind::Key)),
        (&["until=@1", "geo-default=allow"], Some(LayerKind::Key)),
        (&["geo-default=allow", "until=@1"], Some(LayerKind::Key)),
    ] {
        let found = layer_of_refusal(Overlay::Origin, &with_keys(sets));
        assert_eq!(found, Ok(want), "{sets:?}");
    }
    for (sets, want) in [
        (
            &["geo-default=allow", ""] as &[_],
            InvalidAnswer::Header("playback-key-rules"),
        ),
        (&["ä"], InvalidAnswer::Header("playback-key-rules")),
    ] {
        let found = layer_of_refusal(Overlay::Origin, &with_keys(sets));
        assert_eq!(found, Err(want), "{sets:?}");
    }
}

#[test]
fn err_labels_that_could_not_be_purged_by() {
    let answer = check(200, &with("surrogate-key", None), BODY);
    assert_eq!(answer, Err(InvalidAnswer::Header("surrogate-key")));
    for bad in ["", " ", "video-id-\tx", "ä"] {
        let answer = check(200, &with("surrogate-key", Some(bad)), BODY);
        assert!(answer.is_err(), "{bad:?}");
    }
}

#[test]
fn a_validator_is_kept_without_its_quotes() {
    let etag = |value| check(200, &with("etag", value), BODY).map(|answer| answer.entry.etag);
    let digest = Hex::sha256(&[BODY.as_bytes()]).to_string();
    assert_eq!(etag(Some("\"a-1\"")), Ok("a-1".to_owned()));
    assert_eq!(etag(Some("W/\"a-1\"")), Ok("a-1".to_owned()));
    assert_eq!(etag(None), Ok(digest.clone()), "a body is its own name");
    assert_eq!(etag(Some("\"\"")), Ok(digest));
    for bad in [
        "1", "\"1", "1\"", "\"", "W/1", "w/\"1\"", "\"a\"b\"", "\"a b\"", "\"a,b\"", "",
    ] {
        let want = Err(InvalidAnswer::Header("etag"));
        assert_eq!(etag(Some(bad)), want, "{bad}");
    }
    let twice = and("etag", "\"2\"");
    let answer = check(200, &twice, BODY);
    assert_eq!(answer, Err(InvalidAnswer::Header("etag")));
}

#[test]
fn err_ways_of_signing_that_are_unclear() {
    for bad in ["", "key", "key=\"k\"", "<html>"] {
        let answer = check(200, &and("playback-url-signing", bad), BODY);
        let is_refused = matches!(answer, Err(InvalidAnswer::UrlSigning(_)));
        assert!(is_refused, "{bad}: {answer:?}");
    }
    const GOOD: &str = r#"key="m", hosts=("media.example.com"), lifetime=60, parameter="token""#;
    let once = and("playback-url-signing", GOOD);
    assert!(check(200, &once, BODY).is_ok());
    let twice: Vec<_> = once
        .into_iter()
        .chain([("playback-url-signing", GOOD)])
        .collect();
    let answer = check(200, &twice, BODY);
    assert_eq!(answer, Err(InvalidAnswer::Header("playback-url-signing")));
}
