use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    harness::{Origin, Reply},
    purge_api::PurgeApi,
};

async fn put(origin: &Origin, id: &str, document: Value) -> Reply {
    let path = format!("1/playback_rights/{id}");
    origin.cms(Method::PUT, &path, document).await
}

async fn is_default(origin: &Origin, id: &str) -> Value {
    let path = format!("1/playback_rights/{id}");
    let shown = origin.cms(Method::GET, &path, Value::Null).await;
    shown.assert_status(200).json()["is_default"].clone()
}

#[tokio::test]
async fn a_right_is_created_under_a_new_id_and_shown_whole() {
    let origin = Origin::start();
    origin.account("1").await;
    let reply = origin
        .cms(Method::POST, "1/playback_rights", json!({}))
        .await;
    let reply = reply.assert_status(201);
    let right = reply.json();
    let id = right["id"].as_str().expect("an id");
    let location = format!("/v1/accounts/1/playback_rights/{id}");
    assert_eq!(reply.header("location"), Some(location.as_str()));
    for (name, want) in [
        ("name", json!("")),
        ("geo_global_rule", json!("")),
        ("allowed_ips", json!([])),
        ("start_time", Value::Null),
        ("allow_insecure", json!(false)),
        ("disabled", json!(false)),
        ("rules", Value::Null),
    ] {
        assert_eq!(right[name], want, "{name}");
    }
    assert_eq!(right["geo"]["blocked_dmas"], json!([]));
    assert_eq!(right["blocked_proxies"]["hosting"], json!(false));
}

#[tokio::test]
async fn new_videos_get_the_default_right_and_there_is_one() {
    let origin = Origin::start();
    origin.account("1").await;
    let old = origin.video("1", "1", json!({})).await.json();
    assert_eq!(old["playback_rights_id"], Value::Null);
    put(&origin, "a", json!({ "is_default": true }))
        .await
        .assert_status(201);
    put(&origin, "b", json!({})).await.assert_status(201);
    let get = async |id: &str, members: Value| {
        let video = origin.video("1", id, members).await.json();
        video["playback_rights_id"].clone()
    };
    assert_eq!(get("2", json!({})).await, "a");
    assert_eq!(get("3", json!({ "playback_rights_id": "b" })).await, "b");
    let posted = origin
        .cms(Method::POST, "1/videos", json!({ "name": "v" }))
        .await;
    assert_eq!(posted.assert_status(201).json()["playback_rights_id"], "a");

    origin
        .patch("1/playback_rights/b", json!({ "is_default": true }))
        .await
        .assert_status(200);
    assert_eq!(
        (
            is_default(&origin, "a").await,
            is_default(&origin, "b").await
        ),
        (json!(false), json!(true))
    );
    assert_eq!(get("4", json!({})).await, "b");
    // It may be taken away again, and an edit of a video brings none.
    let cleared = origin
        .patch("1/videos/4", json!({ "playback_rights_id": null }))
        .await;
    assert_eq!(
        cleared.assert_status(200).json()["playback_rights_id"],
        Value::Null
    );
    put(&origin, "b", json!({})).await.assert_status(200);
    assert_eq!(get("5", json!({})).await, Value::Null);
    origin.account("2").await;
    let other = origin.video("2", "6", json!({})).await.json();
    assert_eq!(
        other["playback_rights_id"],
        Value::Null,
        "another account's"
    );
}

#[tokio::test]
async fn an_account_turns_tokens_on_for_its_rights_and_off_again() {
    let mut api = PurgeApi::start([]).await;
    let origin = Origin::purging(&api);
    origin.account("1").await;
    for _round in 0..2 {
        api.call().await;
    }
    put(&origin, "r", json!({ "rules": "applies-until=@9" }))
        .await
        .assert_status(201);
    put(
        &origin,
        "s",
        json!({ "geo": { "allowed_countries": ["AU"] } }),
    )
    .await
    .assert_status(201);
    let rules = async |id: &str| {
        let reply = origin
            .play(&format!("1/videos/{id}"))
            .await
            .assert_status(200);
        ["playback-video-rules", "playback-right-rules"]
            .map(|name| reply.header(name).unwrap_or_default().to_owned())
    };
    for (id, right) in [("7", "r"), ("8", "s")] {
        origin
            .video("1", id, json!({ "playback_rights_id": right }))
            .await;
        for _round in 0..2 {
            api.call().await;
        }
    }
    assert_eq!(
        rules("8").await,
        ["geo-default=allow", r#"geo-allow=("AU")"#]
    );
    origin
        .patch("1", json!({ "rights_need_tokens": true }))
        .await
        .assert_status(200);
    let call = api.call().await;
    assert_eq!(
        (call.is_soft, call.keys),
        (false, vec!["account-id-1".to_owned()])
    );
    assert_eq!(
        rules("8").await,
        ["geo-default=allow", r#"geo-allow=("AU"), token=required"#]
    );
    // Rules that hold for a time only do not take the token with them.
    assert_eq!(rules("7").await, ["token=required", "applies-until=@9"]);
    let list = origin.play("1/videos?sort=reference_id").await.json();
    for video in list["videos"].as_array().expect("videos") {
        let rules = video["$rules"].to_string();
        assert!(rules.contains("token=required"), "{rules}");
    }
    origin
        .patch("1/playback_rights/s", json!({ "allow_insecure": true }))
        .await
        .assert_status(200);
    assert_eq!(
        rules("8").await,
        ["geo-default=allow", r#"geo-allow=("AU")"#]
    );
    origin
        .patch("1", json!({ "rights_need_tokens": false }))
        .await
        .assert_status(200);
    assert_eq!(rules("7").await, ["geo-default=allow", "applies-until=@9"]);
}

#[tokio::test]
async fn every_member_of_a_wrong_type_is_refused_with_its_place() {
    let origin = Origin::start();
    origin.account("1").await;
    let wrong = [
        json!(7),
        json!("x"),
        json!(true),
        json!([7]),
        json!({ "x": 1 }),
        json!([["x"]]),
    ];
    let members = [
        "name",
        "geo_global_rule",
        "geo",
        "allowed_ips",
        "blocked_ips",
        "allowed_domains",
        "blocked_domains",
        "blocked_proxies",
        "start_time",
        "end_time",
        "allowed_days",
        "allowed_hours",
        "allow_insecure",
        "disabled",
        "is_default",
        "rules",
        "rules_report_only",
    ];
    for member in members {
        for value in &wrong {
            let is_right = match member {
                "name" => value.is_string(),
                "start_time" | "end_time" => value.is_number(),
                "allow_insecure" | "disabled" | "is_default" => value.is_boolean(),
                _ => false,
            };
            let reply = put(&origin, "r", json!({ member: value })).await;
            match is_right {
                true => assert!(reply.status < 300, "{member}: {value}: {}", reply.text),
                false => {
                    reply.assert_error(422, "VALIDATION_ERROR", &format!("`{member}"));
                }
            }
        }
    }
    for member in [
        "allowed_countries",
        "blocked_countries",
        "allowed_zip_codes",
        "blocked_zip_codes",
        "allowed_dmas",
        "blocked_dmas",
    ] {
        for value in &wrong {
            let reply = put(&origin, "r", json!({ "geo": { member: value } })).await;
            if member.ends_with("dmas") && *value == json!([7]) {
                assert!(reply.status < 300, "{member}: {}", reply.text);
            } else {
                reply.assert_error(422, "VALIDATION_ERROR", &format!("`geo.{member}"));
            }
        }
    }
}

#[tokio::test]
async fn what_does_not_fit_a_layer_is_refused_and_not_cut_off() {
    let origin = Origin::start();
    origin.account("1").await;
    let zips = |count: u32| {
        let zips: Vec<String> = (10_000..10_000 + count)
            .map(|zip| format!("US-{zip}"))
            .collect();
        json!({ "geo": { "allowed_zip_codes": zips } })
    };
    put(&origin, "r", zips(600)).await.assert_status(201);
    for (count, hint) in [
        (800, "bytes as text"),
        (5000, "bytes as text"),
        (5001, "5000 items"),
    ] {
        put(&origin, "r", zips(count))
            .await
            .assert_error(422, "VALIDATION_ERROR", hint);
    }
    for time in [1_000_000_000_000_000_i64, i64::MIN, i64::MAX] {
        let reply = put(&origin, "r", json!({ "end_time": time })).await;
        reply.assert_error(422, "VALIDATION_ERROR", "`end_time`");
    }
}
