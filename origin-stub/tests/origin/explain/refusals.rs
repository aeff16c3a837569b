use reqwest::Method;
use serde_json::{Value, json};

use super::world::{ask, key, with_videos};
use crate::harness::{EDGE_PROOF, Reply};

#[tokio::test]
async fn a_key_that_does_not_open_the_account_is_refused_with_its_place() {
    let origin = with_videos().await;
    let own = key(&origin, "1", json!({})).await;
    let other = key(&origin, "2", json!({})).await;
    let forged = format!("{}A", &own[..own.len() - 1]);
    for (key, hint) in [
        (
            other.as_str(),
            "`key`: the policy key opens another account",
        ),
        (&forged, "`key`: not signed by a live key"),
        ("", "`key`: not the form of a policy key"),
        ("not a key", "`key`: not the form"),
        (&"A".repeat(5_000), "`key`: not the form"),
    ] {
        for (path, more) in [
            ("1/videos/plain/explain", json!({})),
            ("1/videos/404/explain", json!({})),
            ("1/videos/plain/where", json!({ "places": "countries" })),
        ] {
            let mut asked = more;
            asked["key"] = json!(key);
            let reply = ask(&origin, path, asked).await;
            reply.assert_error(422, "VALIDATION_ERROR", hint);
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found_and_without_token_nothing_is_told() {
    let origin = with_videos().await;
    for (ending, question) in [
        ("explain", json!({})),
        ("where", json!({ "places": "metros" })),
    ] {
        for (path, hint) in [
            ("1/videos/404", "video `404`"),
            ("3/videos/plain", "account `3`"),
            ("2/videos/plain", "video `plain`"),
        ] {
            let reply = ask(&origin, &format!("{path}/{ending}"), question.clone()).await;
            reply.assert_error(404, "NOT_FOUND", hint);
        }
        let path = format!("/v1/accounts/1/videos/plain/{ending}");
        for token in ["", EDGE_PROOF] {
            let request = origin.request(Method::POST, &path).bearer_auth(token);
            let reply = Reply::of(request.json(&question)).await;
            reply.assert_error(401, "UNAUTHORIZED", "");
        }
        let reply = origin
            .cms(
                Method::GET,
                &format!("1/videos/plain/{ending}"),
                Value::Null,
            )
            .await;
        assert_eq!(reply.header("allow"), Some("POST"));
        reply.assert_error(405, "METHOD_NOT_ALLOWED", "");
    }
}

#[tokio::test]
async fn a_question_that_makes_no_sense_is_refused_with_its_place() {
    let origin = with_videos().await;
    let many = |count: usize| vec![json!({}); count];
    let long = "x".repeat(2_049);
    let acls = vec!["a"; 101];
    for (question, place) in [
        (json!({ "viewers": {} }), "`viewers`"),
        (json!({ "viewer": { "planet": "Mars" } }), "`viewer.planet`"),
        (
            json!({ "viewer": { "country": "XX" } }),
            "`viewer.country`: expected an ISO 3166-1",
        ),
        (json!({ "viewer": { "country": 49 } }), "`viewer.country`"),
        (
            json!({ "viewer": { "country": "US", "metro": 0 } }),
            "`viewer.metro`",
        ),
        (json!({ "viewer": { "ip": "example.com" } }), "`viewer.ip`"),
        (json!({ "viewer": { "asn": -1 } }), "`viewer.asn`"),
        (
            json!({ "viewer": { "asn": 4294967296_u64 } }),
            "`viewer.asn`",
        ),
        (json!({ "viewer": { "time": "now" } }), "`viewer.time`"),
        (
            json!({ "viewer": { "time": i64::MAX } }),
            "`viewer.time`: expected seconds",
        ),
        (json!({ "viewer": { "token": "forged" } }), "`viewer.token`"),
        (
            json!({ "viewer": { "proxy": ["socks"] } }),
            "`viewer.proxy`",
        ),
        (json!({ "viewer": { "proxy": "vpn" } }), "`viewer.proxy`"),
        (
            json!({ "viewer": { "acls": ["the office"] } }),
            "`viewer.acls`",
        ),
        (
            json!({ "viewer": { "acls": acls } }),
            "`viewer.acls`: expected at most 100",
        ),
        (
            json!({ "viewer": { "origin": long } }),
            "`viewer.origin`: expected at most 2048",
        ),
        (json!({ "viewer": ["203.0.113.7"] }), "`viewer`"),
        (json!({ "viewer": "country=\"DE\"" }), "`viewer`"),
        (json!({ "key": 7 }), "`key`"),
        (json!([{}]), "`body`"),
        (json!("x"), "`body`"),
    ] {
        let mut of_many = question.clone();
        if of_many.is_object() {
            of_many["places"] = json!("metros");
        }
        for (ending, question) in [("explain", question), ("where", of_many)] {
            let reply = ask(&origin, &format!("1/videos/plain/{ending}"), question).await;
            let reply = reply.assert_error(422, "VALIDATION_ERROR", place);
            let message = reply.json()[0]["message"].to_string();
            for word in ["struct", "i64", "u32", "Option", "sequence", " map"] {
                assert!(
                    !message.contains(word),
                    "an editor does not know `{word}`: {message}"
                );
            }
        }
    }
    for (question, place) in [
        (json!({}), "`body`: expected either `places` or `viewers`"),
        (
            json!({ "places": "metros", "viewers": [] }),
            "`body`: expected either",
        ),
        (json!({ "places": "planets" }), "`places`"),
        (
            json!({ "viewers": many(1_001) }),
            "`viewers`: expected at most 1000",
        ),
        (json!({ "viewers": [{}, ["192.0.2.1"]] }), "`viewers[1]`"),
        (
            json!({ "viewers": [{}, { "country": "XX" }] }),
            "`viewers[1].country`",
        ),
        (
            json!({ "viewers": [{ "acls": acls }] }),
            "`viewers[0].acls`",
        ),
        (json!({ "viewers": [], "colour": "red" }), "`colour`"),
    ] {
        let reply = ask(&origin, "1/videos/plain/where", question).await;
        reply.assert_error(422, "VALIDATION_ERROR", place);
    }
    let most = ask(
        &origin,
        "1/videos/plain/where",
        json!({ "viewers": many(1_000) }),
    )
    .await;
    assert_eq!(most.assert_status(200).json()["groups"][0]["count"], 1_000);
    let reply = origin
        .cms_request(Method::POST, "1/videos/plain/explain")
        .body("{");
    Reply::of(reply)
        .await
        .assert_error(400, "BAD_REQUEST", "not JSON");
    let huge = json!({ "viewer": { "origin": "x".repeat(1024 * 1024) } });
    let reply = ask(&origin, "1/videos/plain/explain", huge).await;
    reply.assert_error(413, "PAYLOAD_TOO_LARGE", "1048576");
}
