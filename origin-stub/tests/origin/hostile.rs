use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Origin, Reply};

/// Every row is refused with 422, names the place, and leaves the video as it was.
#[tokio::test]
async fn a_document_that_may_not_be_so_is_refused_with_its_place() {
    let origin = Origin::start();
    origin.account("1").await;
    let before = origin.video("1", "7", json!({})).await.json();
    let long = |length: usize| "x".repeat(length);
    for (patch, place) in [
        (json!({ "nmae": "x" }), "`nmae`"),
        (json!({ "id": "8" }), "`id`"),
        (
            json!({ "created_at": "2026-01-01T00:00:00Z" }),
            "`created_at`",
        ),
        (json!({ "name": 7 }), "`name`"),
        (json!({ "name": "" }), "`name`"),
        (json!({ "name": long(257) }), "`name`"),
        (json!({ "name": "a\u{0}b" }), "U+0000"),
        (json!({ "reference_id": long(151) }), "`reference_id`"),
        (json!({ "reference_id": "a\nb" }), "`reference_id`"),
        (json!({ "reference_id": "" }), "`reference_id`"),
        (json!({ "description": long(251) }), "`description`"),
        (
            json!({ "long_description": long(5001) }),
            "`long_description`",
        ),
        (json!({ "tags": "a" }), "`tags`"),
        (json!({ "tags": ["a", 1] }), "`tags[1]`"),
        (json!({ "tags": [""] }), "`tags[0]`"),
        (json!({ "custom_fields": { "a": 1 } }), "`custom_fields.a`"),
        (json!({ "state": "DELETED" }), "`state`"),
        (json!({ "state": "active" }), "`state`"),
        (json!({ "duration": -1 }), "whole number"),
        (json!({ "duration": 1.5 }), "`duration`"),
        (json!({ "duration": "90500" }), "`duration`"),
        (json!({ "poster": "/p.jpg" }), "`poster`"),
        (json!({ "poster": "javascript:alert(1)" }), "`poster`"),
        (json!({ "poster": "http:a.example/p.jpg" }), "`poster`"),
        (json!({ "poster": "https:\\\\a.example/p.jpg" }), "`poster`"),
        (json!({ "poster": " https://a.example/p.jpg" }), "`poster`"),
        (json!({ "poster": "https://a.example/p\n.jpg" }), "`poster`"),
        (json!({ "poster": "https://a.example/ü.jpg" }), "`poster`"),
        // Empty rules are stored as rules that allow, which cannot stand beside `geo`.
        (
            json!({ "rules": "", "geo": { "restricted": true, "countries": ["gb"] } }),
            "`rules`",
        ),
        (json!({ "link": { "text": "a" } }), "`link`"),
        (
            json!({ "cue_points": [{ "type": "AD", "time": -1 }] }),
            "`cue_points[0].time`",
        ),
        (
            json!({ "cue_points": [{ "type": "AD", "time": "1" }] }),
            "`cue_points[0].time`",
        ),
        (json!({ "cue_points": { "0": {} } }), "`cue_points`"),
        (
            json!({ "sources": [{ "src": "v.mp4", "container": "MP4" }] }),
            "`sources[0].src`",
        ),
        (
            json!({ "sources": [{ "src": "https://a.example/v" }] }),
            "`sources[0].container`",
        ),
        (
            json!({ "sources": [{ "container": "MP4" }] }),
            "`sources[0]`",
        ),
        (
            json!({ "text_tracks": [{ "src": "https://a.example/t" }] }),
            "`text_tracks[0]`",
        ),
        (
            json!({ "geo": { "restricted": true, "countries": ["de", "xx"] } }),
            "`geo.countries[1]`",
        ),
        (
            json!({ "geo": { "restricted": true, "countries": [] } }),
            "`geo.countries`",
        ),
        (json!({ "geo": { "country": "de" } }), "`geo.country`"),
        (
            json!({ "schedule": { "starts_at": "yesterday" } }),
            "`schedule.starts_at`",
        ),
        (
            json!({ "schedule": { "starts_at": "2026-01-01T00:00:00" } }),
            "`schedule.starts_at`",
        ),
        (
            json!({ "schedule": { "ends_at": "2026-02-30T00:00:00Z" } }),
            "`schedule.ends_at`",
        ),
        (
            json!({ "schedule": { "starts_at": "2026-01-02T00:00:00Z", "ends_at": "2026-01-01T00:00:00Z" } }),
            "`schedule.ends_at`",
        ),
        (json!({ "rules": "geo-allow=DE" }), "`geo-allow`"),
        (json!({ "rules": r#"geo-allow=("DE" "XX")"# }), "item 2"),
        (json!({ "rules": "asn-allow=(a b)" }), "`asn-allow`"),
        (json!({ "rules": "age-min=18" }), "`age-min`"),
        (json!({ "rules": r#"revoked-keys=("w1")"# }), "`rules`"),
        (
            json!({ "rules_report_only": "age-min=18" }),
            "`rules_report_only`",
        ),
        (
            json!({ "rules_report_only": r#"revoked-keys=("w1")"# }),
            "`rules_report_only`",
        ),
        (json!({ "rules": "until=@1, until=@2" }), "`until`"),
        (json!({ "rules": "=" }), "`rules`"),
        (json!({ "rules": { "geo-allow": ["DE"] } }), "`rules`"),
        (
            json!({ "playback_rights_id": "none" }),
            "`playback_rights_id`",
        ),
        (
            json!({ "playback_rights_id": "a/b" }),
            "`playback_rights_id`",
        ),
        (json!([{ "name": "x" }]), "`body`"),
        (json!("x"), "`body`"),
        (json!({ "geo": [true, false, ["de"]] }), "`geo`"),
        (
            json!({ "link": ["More", "https://www.example.com/"] }),
            "`link`",
        ),
        (
            json!({ "sources": [["https://a.example/v.mp4", null, "MP4"]] }),
            "`sources[0]`",
        ),
    ] {
        let reply = origin.patch("1/videos/7", patch.clone()).await;
        assert_eq!(reply.status, 422, "{patch}: {}", reply.text);
        let reply = reply.assert_error(422, "VALIDATION_ERROR", place);
        let message = reply.json()[0]["message"].to_string();
        for word in ["struct", "u64", "f64", "Option", "sequence"] {
            assert!(
                !message.contains(word),
                "an editor does not know `{word}`: {message}"
            );
        }
    }
    let after = origin
        .cms(Method::GET, "1/videos/7", Value::Null)
        .await
        .json();
    assert_eq!(after, before);
}

#[tokio::test]
async fn an_account_or_right_that_may_not_be_so_is_refused_with_its_place() {
    let origin = Origin::start();
    origin.account("1").await;
    for (path, document, place) in [
        (
            "1",
            json!({ "name": "a", "ip_allow": ["192.0.2.0/24", "192.0.2.0/33"] }),
            "`ip_allow[1]`",
        ),
        (
            "1",
            json!({ "name": "a", "ip_allow": "192.0.2.0/24" }),
            "`ip_allow`",
        ),
        ("1", json!({ "name": "a", "videos": [] }), "`videos`"),
        ("1", json!({}), "`name`"),
        (
            "1/playback_rights/r",
            json!({ "name": "r", "rules": "days=(monday)" }),
            "`days`",
        ),
        (
            "1/playback_rights/r",
            json!({ "name": "r", "geo": { "country": "de" } }),
            "`geo.country`",
        ),
    ] {
        let reply = origin.cms(Method::PUT, path, document).await;
        reply.assert_error(422, "VALIDATION_ERROR", place);
    }
    let many: Vec<_> = (0..1001)
        .map(|at| format!("10.0.{}.{}", at / 256, at % 256))
        .collect();
    let reply = origin.patch("1", json!({ "ip_allow": many })).await;
    reply.assert_error(422, "VALIDATION_ERROR", "1000 items");
    let long = vec!["2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff"; 1000];
    let reply = origin.patch("1", json!({ "ip_allow": long })).await;
    reply.assert_error(422, "VALIDATION_ERROR", "bytes as text");
}

#[tokio::test]
async fn key_data_that_may_not_be_so_is_refused() {
    let origin = Origin::start();
    origin.account("1").await;
    for (document, place) in [
        (json!({}), "key-data"),
        (json!({ "key-data": { "account-id": "2" } }), "account-id"),
        (
            json!({ "key-data": { "account-id": "1", "apis": ["x"] } }),
            "apis",
        ),
        (
            json!({ "key-data": { "account-id": "1", "geo": { "countries": ["xx"] } } }),
            "geo",
        ),
        (
            json!({ "key-data": { "account-id": "1", "allowed-domains": ["*.a.example"] } }),
            "allowed-domains",
        ),
        (
            json!({ "key-data": { "account-id": "1", "rules": "x" } }),
            "rules",
        ),
        (
            json!({ "key-data": { "account-id": "1", "admin": true } }),
            "admin",
        ),
    ] {
        let reply = origin.cms(Method::POST, "1/policy_keys", document).await;
        reply.assert_error(422, "VALIDATION_ERROR", place);
    }
    let elsewhere = json!({ "key-data": { "account-id": "2" } });
    origin
        .cms(Method::POST, "2/policy_keys", elsewhere)
        .await
        .assert_error(404, "NOT_FOUND", "`2`");
}

#[tokio::test]
async fn a_body_that_is_not_json_is_refused() {
    let origin = Origin::start();
    origin.account("1").await;
    let deep = "[".repeat(100_000);
    for body in [
        "",
        "{",
        "{\"name\":\"a\"} x",
        "name=a",
        "\u{feff}{}",
        "{\"name\":1e999}",
        // Whichever counted, the other restriction would be lost.
        r#"{"name":"a","geo":{"countries":["de"]},"geo":null}"#,
        r#"{"name":"a","schedule":{"starts_at":null,"starts_at":null}}"#,
        &deep,
    ] {
        let request = origin
            .cms_request(Method::POST, "1/videos")
            .body(body.to_owned());
        Reply::of(request)
            .await
            .assert_error(400, "BAD_REQUEST", "not JSON");
    }
    let request = origin
        .cms_request(Method::POST, "1/videos")
        .body(vec![0xff, 0xfe]);
    Reply::of(request)
        .await
        .assert_error(400, "BAD_REQUEST", "not JSON");
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let origin = Origin::start();
    origin.account("1").await;
    let body = format!("{{\"name\":\"{}\"}}", "x".repeat(5 * 1024 * 1024));
    let request = origin.cms_request(Method::POST, "1/videos").body(body);
    Reply::of(request)
        .await
        .assert_error(413, "PAYLOAD_TOO_LARGE", "1048576");
}

#[tokio::test]
async fn patch_upon_patch_cannot_outgrow_the_limit() {
    let origin = Origin::start();
    origin.account("1").await;
    origin.video("1", "7", json!({})).await;
    let url = |at: usize| format!("https://a.example/{at}{}", "x".repeat(2000));
    let tracks: Vec<_> = (0..200)
        .map(|at| json!({ "src": url(at), "srclang": "en" }))
        .collect();
    let sources: Vec<_> = (0..200)
        .map(|at| json!({ "src": url(at), "container": "MP4" }))
        .collect();
    let fields: serde_json::Map<_, _> = (0..100)
        .map(|at| (at.to_string(), json!("é".repeat(1024))))
        .collect();
    let texts = json!({ "custom_fields": fields, "variants": [{ "language": "de", "custom_fields": fields }] });
    origin
        .patch("1/videos/7", json!({ "text_tracks": tracks }))
        .await
        .assert_status(200);
    origin
        .patch("1/videos/7", json!({ "sources": sources }))
        .await
        .assert_status(200);
    let reply = origin.patch("1/videos/7", texts).await;
    reply.assert_error(422, "VALIDATION_ERROR", "1048576");
}

#[tokio::test]
async fn ids_with_odd_characters_are_refused() {
    let origin = Origin::start();
    origin.account("1").await;
    let long = "7".repeat(65);
    for id in [
        "a%20b",
        "a%2Fb",
        "%00",
        "%C3%BC",
        "..%2f7",
        "a.b",
        "%FF",
        "%3Cscript%3E",
        &long,
    ] {
        for method in [Method::GET, Method::PUT, Method::PATCH, Method::DELETE] {
            for path in [format!("1/videos/{id}"), format!("1/playback_rights/{id}")] {
                let reply = origin
                    .cms(method.clone(), &path, json!({ "name": "a" }))
                    .await;
                reply.assert_error(400, "BAD_REQUEST", "path");
            }
        }
        let reply = origin.cms(Method::PUT, id, json!({ "name": "a" })).await;
        reply.assert_error(400, "BAD_REQUEST", "path");
    }
}

#[tokio::test]
async fn paths_and_methods_that_are_not_there_are_refused_as_arrays() {
    let origin = Origin::start();
    for (method, path, status, code) in [
        (
            Method::DELETE,
            "/v1/accounts/1/videos",
            405,
            "METHOD_NOT_ALLOWED",
        ),
        (Method::POST, "/v1/accounts/1", 405, "METHOD_NOT_ALLOWED"),
        (Method::GET, "/v1/accounts", 404, "RESOURCE_NOT_FOUND"),
        (Method::GET, "/", 404, "RESOURCE_NOT_FOUND"),
        (Method::POST, "/healthz", 405, "METHOD_NOT_ALLOWED"),
    ] {
        let request = origin
            .request(method, path)
            .bearer_auth(crate::harness::CMS_TOKEN);
        Reply::of(request).await.assert_error(status, code, "");
    }
}
