use super::*;
use crate::{EntryKind, Route};
use http::{HeaderName, HeaderValue};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const BODY: &str =
    r#"{"id":"132413","account_id":"938456","reference_id":"match 1","name":"Final"}"#;
const HEADERS: [(&str, &str); 4] = [
    ("playback-account-rules", "geo-default=allow"),
    ("playback-video-rules", "geo-allow=(\"DE\")"),
    ("surrogate-key", "video-id-132413 account-id-938456"),
    ("etag", "\"1\""),
];

fn request(video: &str) -> VideoRequest {
    match Route::parse(
        &format!("/playback/v1/accounts/938456/videos/{video}"),
        None,
    ) {
        Ok(Route::Video(request)) => request,
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

fn check(status: u16, pairs: &[(&str, &str)], body: &str) -> Result<Answer, InvalidAnswer> {
    let status = StatusCode::from_u16(status).unwrap();
    Answer::check(
        &request("132413"),
        status,
        &headers(pairs),
        body.into(),
        Limits::EDGE,
    )
}

/// The good headers, with one replaced or, by `None`, left out.
fn with(name: &str, value: Option<&'static str>) -> Vec<(&'static str, &'static str)> {
    let others = HEADERS.into_iter().filter(|(other, _)| *other != name);
    let name = HEADERS
        .into_iter()
        .find(|(other, _)| *other == name)
        .map_or("x", |(name, _)| name);
    others.chain(value.map(|value| (name, value))).collect()
}

#[test]
fn a_good_answer_is_kept_for_a_year() {
    let answer = check(200, &HEADERS, BODY).unwrap();
    assert_eq!(answer.max_age.as_secs(), 365 * 24 * 3600);
    assert_eq!(
        (answer.entry.kind, answer.entry.etag.as_str()),
        (EntryKind::Video, "\"1\"")
    );
    assert_eq!(
        answer.surrogate_keys.to_string(),
        "account-id-938456 video-id-132413"
    );
}

#[test]
fn an_answer_to_a_reference_can_be_purged_by_it() {
    let request = request("ref:match%201");
    let answer = Answer::check(
        &request,
        StatusCode::OK,
        &headers(&HEADERS),
        BODY.into(),
        Limits::EDGE,
    );
    let keys = answer.unwrap().surrogate_keys.to_string();
    assert!(
        keys.contains("video-id-132413") && keys.contains("ref-id-"),
        "{keys}"
    );
}

#[test]
fn surrogate_control_may_shorten_but_not_lengthen() {
    let seconds = |value: &str| {
        let pairs: Vec<_> = HEADERS
            .into_iter()
            .chain([("surrogate-control", value)])
            .collect();
        check(200, &pairs, BODY).map(|answer| answer.max_age.as_secs())
    };
    assert_eq!(seconds("max-age=60"), Ok(60));
    assert_eq!(seconds("no-transform, Max-Age=0"), Ok(0));
    assert_eq!(seconds("max-age=99999999999"), Ok(365 * 24 * 3600));
    for bad in ["max-age=-1", "max-age", "no-store", "max-age=1e3"] {
        assert_eq!(
            seconds(bad),
            Err(InvalidAnswer::Header("surrogate-control")),
            "{bad}"
        );
    }
}

#[test]
fn the_contracts_errors_are_entries() {
    let keys = [("surrogate-key", "video-id-132413")];
    for (status, code, kind) in [
        (404, "VIDEO_NOT_FOUND", EntryKind::VideoNotFound),
        (404, "ACCOUNT_NOT_FOUND", EntryKind::AccountNotFound),
        (403, "VIDEO_NOT_PLAYABLE", EntryKind::VideoNotPlayable),
    ] {
        let body = format!(r#"[{{"error_code":"{code}","message":"x"}}]"#);
        assert_eq!(check(status, &keys, &body).unwrap().entry.kind, kind);
    }
}

#[test]
fn err_errors_that_are_not_the_contracts() {
    let keys = [("surrogate-key", "video-id-132413")];
    for (status, body) in [
        (404, "<html>not found</html>"),
        (404, "[]"),
        (404, r#"[{"error_code":"VIDEO_NOT_PLAYABLE"}]"#),
        (403, r#"[{"error_code":"ACCESS_DENIED"}]"#),
        (403, r#"{"error_code":"VIDEO_NOT_PLAYABLE"}"#),
        (
            404,
            r#"[{"error_code":"VIDEO_NOT_FOUND"},{"error_code":"VIDEO_NOT_FOUND"}]"#,
        ),
    ] {
        assert_eq!(
            check(status, &keys, body),
            Err(InvalidAnswer::Error),
            "{status} {body}"
        );
    }
    let body = r#"[{"error_code":"VIDEO_NOT_FOUND"}]"#;
    assert_eq!(
        check(404, &[], body),
        Err(InvalidAnswer::Header("surrogate-key"))
    );
}

#[test]
fn err_statuses_outside_the_contract() {
    for status in [201, 204, 206, 301, 302, 304, 400, 401, 410, 429, 500, 503] {
        assert_eq!(
            check(status, &HEADERS, BODY),
            Err(InvalidAnswer::Status(status))
        );
    }
}

#[test]
fn err_bodies_that_are_not_the_video_asked_for() {
    for body in [
        "",
        "<html>",
        r#"{"id":"132413","account_id":"938456""#,
        "[]",
        "null",
        "{}",
        r#"{"id":132413,"account_id":"938456"}"#,
    ] {
        assert_eq!(
            check(200, &HEADERS, body),
            Err(InvalidAnswer::Body),
            "{body}"
        );
    }
    for body in [
        r#"{"id":"1","account_id":"938456"}"#,
        r#"{"id":"132413","account_id":"1"}"#,
    ] {
        assert_eq!(
            check(200, &HEADERS, body),
            Err(InvalidAnswer::OtherVideo),
            "{body}"
        );
    }
    let large = format!("{{{}}}", " ".repeat(Limits::EDGE.body));
    assert_eq!(
        check(200, &HEADERS, &large),
        Err(InvalidAnswer::TooLarge("body"))
    );
}

#[test]
fn err_restrictions_that_are_lost_or_unclear() {
    for name in ["playback-account-rules", "playback-video-rules"] {
        assert_eq!(
            check(200, &with(name, None), BODY),
            Err(InvalidAnswer::Header(name)),
            "{name}"
        );
        let twice: Vec<_> = HEADERS
            .into_iter()
            .chain([(name, "geo-default=allow")])
            .collect();
        assert_eq!(
            check(200, &twice, BODY),
            Err(InvalidAnswer::Header(name)),
            "{name} twice"
        );
    }
    for bad in [
        "geo-allow=(",
        "later-member=1",
        "geo-deny=(\"XX\")",
        "<html>",
    ] {
        let answer = check(200, &with("playback-video-rules", Some(bad)), BODY);
        assert!(
            matches!(
                answer,
                Err(InvalidAnswer::Rules {
                    layer: LayerKind::Video,
                    ..
                })
            ),
            "{bad}"
        );
        let right: Vec<_> = HEADERS
            .into_iter()
            .chain([("playback-right-rules", bad)])
            .collect();
        let answer = check(200, &right, BODY);
        assert!(
            matches!(
                answer,
                Err(InvalidAnswer::Rules {
                    layer: LayerKind::Right,
                    ..
                })
            ),
            "{bad}"
        );
    }
}

#[test]
fn err_labels_that_could_not_be_purged_by() {
    let answer = check(200, &with("surrogate-key", None), BODY);
    assert_eq!(answer, Err(InvalidAnswer::Header("surrogate-key")));
    for bad in ["", " ", "video-id-\tx", "ä"] {
        assert!(
            check(200, &with("surrogate-key", Some(bad)), BODY).is_err(),
            "{bad:?}"
        );
    }
}

#[test]
fn err_validators_that_are_none() {
    for bad in ["1", "\"1", "W/1"] {
        assert_eq!(
            check(200, &with("etag", Some(bad)), BODY),
            Err(InvalidAnswer::Header("etag")),
            "{bad}"
        );
    }
    assert_eq!(
        check(200, &with("etag", None), BODY).unwrap().entry.etag,
        ""
    );
}
