use playback_policy::{Compiled, explain};
use reqwest::{Method, header::ACCEPT};
use serde_json::{Value, json};

use super::world::{NOW, VIDEOS, ask, ask_for_text, entry, key, viewer, viewers, with_videos};
use crate::harness::Reply;

#[tokio::test]
async fn the_explanation_is_that_of_what_the_edge_is_answered() {
    let origin = with_videos().await;
    let web = key(&origin, "1", json!({ "key-id": "web" })).await;
    let members = json!({
        "key-id": "geo", "geo": { "countries": ["at", "fr"] }, "allowed-domains": ["https://example.com"],
        "rules": r#"ip-deny=("203.0.113.0/24")"#,
    });
    let narrow = key(&origin, "1", members).await;
    let mut verdicts = Vec::new();
    for video in VIDEOS {
        for (id, key) in [
            (None, None),
            (Some("web"), Some(&web)),
            (Some("geo"), Some(&narrow)),
        ] {
            let entry = entry(&origin, video, key.map(String::as_str)).await;
            let compiled = Compiled::read(&entry).expect("rules");
            for facts in viewers() {
                let asked = json!({ "viewer": facts, "key": key });
                let path = format!("1/videos/{video}/explain");
                let reply = ask(&origin, &path, asked.clone()).await.assert_status(200);
                let want = explain(&compiled, &viewer(&facts, id));
                let mut told = reply.json();
                let members = told.as_object_mut().expect("an object");
                let is_playable = members.remove("playable").expect("`playable`");
                let why = members.remove("not_playable");
                assert_eq!(is_playable, why.is_none(), "{path} {facts}");
                assert_eq!(told, json!(want), "{path} {facts}");
                let text = ask_for_text(&origin, &path, asked).await.assert_status(200);
                assert_eq!(text.text, want.to_string(), "{path} {facts}");
                assert_eq!(
                    text.header("content-type"),
                    Some("text/plain; charset=utf-8")
                );
                verdicts.push(told["verdict"].clone());
            }
        }
    }
    for verdict in ["allow", "deny"] {
        assert!(
            verdicts.contains(&json!(verdict)),
            "nobody is told {verdict}"
        );
    }
}

#[tokio::test]
async fn report_only_rules_are_told_and_never_enforced() {
    let origin = with_videos().await;
    let asked =
        json!({ "viewer": { "time": NOW, "country": "FR", "origin": "https://example.com" } });
    let told = ask(&origin, "1/videos/plain/explain", asked).await.json();
    assert_eq!(
        (&told["verdict"], &told["refusal"]),
        (&json!("allow"), &Value::Null)
    );
    assert_eq!(told["reported"]["layer"], "account");
    let layers: Vec<_> = told["layers"].as_array().expect("layers").iter().collect();
    let reported = layers.iter().filter(|held| held["enforced"] == false);
    let reported: Vec<_> = reported.map(|held| held["rules"].clone()).collect();
    assert_eq!(reported, [r#"geo-deny=("FR")"#, "days=(sun)"]);
}

#[tokio::test]
async fn a_policy_key_brings_its_rules_and_its_id() {
    let origin = with_videos().await;
    let data = json!({ "key-id": "old", "rules": r#"geo-allow=("AT")"# });
    let old = key(&origin, "1", data).await;
    let asked = json!({ "viewer": { "time": NOW, "country": "DE" }, "key": old });
    let told = ask(&origin, "1/videos/v-r/explain", asked.clone())
        .await
        .json();
    assert_eq!(
        (&told["refusal"]["layer"], &told["viewer"]["key-id"]),
        (&json!("key"), &json!("old"))
    );
    assert_eq!(told["flip"], json!({ "country": "AT" }));
    origin
        .cms(Method::DELETE, "1/policy_keys/old", Value::Null)
        .await
        .assert_status(204);
    let told = ask(&origin, "1/videos/v-r/explain", asked.clone())
        .await
        .json();
    assert_eq!(told["refusal"]["member"], "revoked-keys");
    // What would turn it round can be asked about: the same key, under no id.
    let other = json!({ "viewer": { "time": NOW, "country": "AT", "key-id": "" }, "key": old });
    let told = ask(&origin, "1/videos/v-r/explain", other).await.json();
    assert_eq!(told["verdict"], "allow");
}

#[tokio::test]
async fn a_video_that_nobody_plays_says_why() {
    let origin = with_videos().await;
    for (id, members, why) in [
        (
            "inactive",
            json!({ "state": "INACTIVE" }),
            "its state is INACTIVE",
        ),
        (
            "pending",
            json!({ "state": "PENDING" }),
            "its state is PENDING",
        ),
        (
            "unfinished",
            json!({ "complete": false }),
            "it is not complete",
        ),
        (
            "empty",
            json!({ "sources": [], "complete": true }),
            "it has no sources",
        ),
    ] {
        origin.video("1", id, members).await;
        let path = format!("1/videos/{id}/explain");
        let asked = json!({ "viewer": { "time": NOW, "country": "DE" } });
        let told = ask(&origin, &path, asked.clone())
            .await
            .assert_status(200)
            .json();
        assert_eq!(
            (&told["playable"], &told["not_playable"]),
            (&json!(false), &json!(why))
        );
        assert_eq!(
            (&told["verdict"], &told["layers"]),
            (&json!("deny"), &json!([]))
        );
        assert_eq!(told["viewer"]["country"], "DE");
        let sentence = format!("REFUSED: nobody plays it, since {why} (403 VIDEO_NOT_PLAYABLE).\n");
        let text = ask_for_text(&origin, &path, asked).await.assert_status(200);
        assert_eq!(text.text, sentence);
        let path = format!("1/videos/{id}/where");
        let asked = json!({ "places": "us-states" });
        let told = ask(&origin, &path, asked.clone())
            .await
            .assert_status(200)
            .json();
        assert_eq!(
            told,
            json!({ "not_playable": why, "groups": [], "played": [] })
        );
        assert_eq!(ask_for_text(&origin, &path, asked).await.text, sentence);
    }
    // Outside its schedule it is another thing: the edge has the rules, and judges every viewer.
    let asked = json!({ "viewer": { "time": 1_893_456_000, "country": "KP" } });
    let told = ask(&origin, "1/videos/v-off/explain", asked).await.json();
    assert_eq!(
        (&told["playable"], &told["verdict"]),
        (&json!(false), &json!("deny"))
    );
    assert_eq!(told["not_playable"], "`until` of the video's rules");
    assert_eq!(told["refusal"]["member"], "geo-deny");
}

#[tokio::test]
async fn text_is_for_whoever_names_it_first() {
    let origin = with_videos().await;
    for (accept, want) in [
        ("text/plain", "text/plain"),
        ("text/plain;q=0.9, application/json", "text/plain"),
        ("text/html, text/plain", "text/plain"),
        ("application/json, text/plain, */*", "application/json"),
        ("*/*", "application/json"),
        ("", "application/json"),
        ("image/png", "application/json"),
    ] {
        let request = origin.cms_request(Method::POST, "1/videos/plain/explain");
        let reply = Reply::of(request.header(ACCEPT, accept).body("{}")).await;
        let reply = reply.assert_status(200);
        let kind = reply.header("content-type").expect("a type");
        assert!(kind.starts_with(want), "{accept}: {kind}");
    }
}

#[tokio::test]
async fn whom_nothing_is_told_of_is_a_documentation_address_now() {
    let origin = with_videos().await;
    let told = ask(
        &origin,
        "1/videos/plain/explain",
        json!({ "viewer": null, "key": null }),
    )
    .await;
    let viewer = told.assert_status(200).json()["viewer"].clone();
    assert_eq!(
        (&viewer["ip"], &viewer["country"]),
        (&json!("192.0.2.1"), &json!("?"))
    );
    assert!(viewer["time"].as_i64().expect("a time") > NOW);
}
